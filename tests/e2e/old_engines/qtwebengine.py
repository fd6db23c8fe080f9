# QtWebEngine with one empty page. DevTools drive it, except for keys: for each line of input, this presses the Tab key and prints a line.
import sys

from PyQt5.QtCore import QSocketNotifier, Qt, QUrl
from PyQt5.QtTest import QTest
from PyQt5.QtWebEngineWidgets import QWebEngineView
from PyQt5.QtWidgets import QApplication


def press():
    if not sys.stdin.readline():
        app.quit()
    QTest.keyClick(view.focusProxy() or view, Qt.Key_Tab)
    print("pressed", flush=True)


app = QApplication(["qtwebengine"])
view = QWebEngineView()
view.resize(412, 900)
view.setUrl(QUrl("about:blank"))
view.show()
view.setFocus()
stdin = QSocketNotifier(0, QSocketNotifier.Read)
stdin.activated.connect(press)
app.exec_()
