//! What a screen reader has of the widget: the tree that the browser makes for it, as text, one thing a line. It is compared with
//! what stands here, so that whoever changes it sees what she changes.

/// From Chromium's developer tools.
mod chromium;
/// From Firefox's service of accessibility.
mod firefox;
/// What it should be.
mod snapshots;

/// One thing of the tree.
struct Thing {
    role: String,
    name: String,
    /// What else is said of it: how it stands, what describes it.
    more: Vec<String>,
    children: Vec<Thing>,
}

impl Thing {
    /// As text. Whose name is made of what is inside it is told by its name.
    fn tell(&self, depth: usize, text: &mut String) {
        let Self { role, name, more, children } = self;
        let name = if name.is_empty() { String::new() } else { format!(" “{name}”") };
        let more: String = more.iter().map(|more| format!(" [{more}]")).collect();
        *text += &format!("{:1$}{role}{name}{more}\n", "", depth * 2);
        children.iter().for_each(|child| child.tell(depth + 1, text));
    }

    /// The first of that role, itself included.
    fn find(&self, role: &str) -> Option<&Self> {
        if self.role == role { Some(self) } else { self.children.iter().find_map(|child| child.find(role)) }
    }
}
