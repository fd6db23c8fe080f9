//! The widget
