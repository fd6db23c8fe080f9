//! The endpoint
