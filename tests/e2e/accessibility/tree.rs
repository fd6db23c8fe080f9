//! The browser's accessibility tree of the widget, as text with one node per line. It is compared with snapshots, so
//! that every change of it is visible.

/// The tree from Chromium's DevTools.
mod chromium;
/// The tree from Firefox's accessibility service.
mod firefox;
/// The expected trees.
mod snapshots;

/// A node of the tree.
struct Thing {
    role: String,
    name: String,
    /// Further properties: states, and the description.
    more: Vec<String>,
    children: Vec<Thing>,
}

impl Thing {
    /// Writes the tree as text. A node that is named by its content is written by its name only.
    fn tell(&self, depth: usize, text: &mut String) {
        let Self {
            role,
            name,
            more,
            children,
        } = self;
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(" “{name}”")
        };
        let more: String = more.iter().map(|more| format!(" [{more}]")).collect();
        *text += &format!("{:1$}{role}{name}{more}\n", "", depth * 2);
        children
            .iter()
            .for_each(|child| child.tell(depth + 1, text));
    }

    /// The first node of that role, which may be this one.
    fn find(&self, role: &str) -> Option<&Self> {
        if self.role == role {
            Some(self)
        } else {
            self.children.iter().find_map(|child| child.find(role))
        }
    }
}
