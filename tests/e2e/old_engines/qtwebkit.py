# QtWebKit with one page, driven by lines of JSON: reads {"do": …}, writes {"value": …}.
import base64
import json
import os
import sys

from PyQt5.QtCore import QBuffer, QIODevice, QPoint, QSocketNotifier, Qt, QUrl
from PyQt5.QtNetwork import QNetworkAccessManager
from PyQt5.QtTest import QTest
from PyQt5.QtWebKit import QWebSettings
from PyQt5.QtWebKitWidgets import QWebPage, QWebView
from PyQt5.QtWidgets import QApplication

console, requested = [], []


class Network(QNetworkAccessManager):
    def createRequest(self, operation, request, data=None):
        requested.append(request.url().toString())
        return super().createRequest(operation, request, data)


class Page(QWebPage):
    # QtWebKit reports uncaught exceptions here too.
    def javaScriptConsoleMessage(self, message, line, source):
        console.append(f"{message} ({source}:{line})")


def opens(url):
    view.setUrl(QUrl(url))


def runs(expression):
    text = page.mainFrame().evaluateJavaScript(f"JSON.stringify({expression})")
    return json.loads(text) if text else None


def clicks(x, y):
    QTest.mouseClick(view, Qt.LeftButton, Qt.NoModifier, QPoint(int(x), int(y)))


def picture():
    buffer = QBuffer()
    buffer.open(QIODevice.WriteOnly)
    view.grab().save(buffer, "PNG")
    return base64.b64encode(bytes(buffer.data())).decode()


DO = {
    "opens": opens,
    "runs": runs,
    "clicks": clicks,
    "presses_tab": lambda: QTest.keyClick(view, Qt.Key_Tab),
    "console": lambda: console,
    "requested": lambda: requested,
    "picture": picture,
}

pending = b""


def read():
    global pending
    chunk = os.read(0, 65536)
    if not chunk:
        app.quit()
    *lines, pending = (pending + chunk).split(b"\n")
    for line in lines:
        call = json.loads(line)
        print(json.dumps({"value": DO[call["do"]](*call["with"])}), flush=True)


app = QApplication(sys.argv)
page = Page()
page.setNetworkAccessManager(Network(page))
page.settings().setAttribute(QWebSettings.LocalStorageEnabled, True)
view = QWebView()
view.setPage(page)
view.resize(412, 900)
view.show()
stdin = QSocketNotifier(0, QSocketNotifier.Read)
stdin.activated.connect(read)
app.exec_()
