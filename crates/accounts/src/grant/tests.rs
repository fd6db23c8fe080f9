use super::*;

fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

fn grant(name: &str, role: Role, section: Option<&str>) -> Grant {
    let section = section.map(|prefix| Section::parse(prefix).unwrap());
    Grant::new(site(name), role, section).unwrap()
}

fn key(text: &str) -> ArticleKey {
    ArticleKey::parse(text).unwrap()
}

#[test]
fn each_role_includes_the_weaker_ones() {
    let news = site("news");
    let rights = |role| {
        let access = Access::from_iter([grant("news", role, None)]);
        [
            access.may_read(&news),
            access.may_edit(&news, &key("/a")),
            access.may_share(&news, None),
            access.is_operator(&news),
        ]
    };
    assert_eq!(rights(Role::Reader), [true, false, false, false]);
    assert_eq!(rights(Role::Editor), [true, true, true, false]);
    assert_eq!(rights(Role::Operator), [true; 4]);
}

#[test]
fn grants_end_at_their_site_and_section() {
    let access = Access::from_iter([grant("news", Role::Editor, Some("/sport/"))]);
    let news = site("news");
    assert!(access.may_edit(&news, &key("/sport/a")));
    assert!(!access.may_edit(&news, &key("/politics/a")));
    assert!(!access.may_read_article(&news, &key("/sports")));
    assert!(!access.may_read(&site("other")));
    let shares = |prefix: Option<&str>| {
        let section = prefix.map(|prefix| Section::parse(prefix).unwrap());
        access.may_share(&news, section.as_ref())
    };
    assert!(shares(Some("/sport/")) && shares(Some("/sport/football/")));
    assert!(!shares(None) && !shares(Some("/")) && !shares(Some("/politics/")));
}

#[test]
fn an_operator_of_one_site_cannot_manage_users_of_two() {
    let operator = Access::from_iter([grant("news", Role::Operator, None)]);
    let own = Access::from_iter([grant("news", Role::Operator, None)]);
    let both = Access::from_iter([
        grant("news", Role::Reader, None),
        grant("other", Role::Reader, None),
    ]);
    assert!(operator.may_manage(&own));
    assert!(!operator.may_manage(&both));
    let editor = Access::from_iter([grant("news", Role::Editor, None)]);
    assert!(!editor.may_manage(&own));
}

#[test]
fn an_operator_has_no_section_also_when_deserialised() {
    let text = r#"{"site":"news","role":"operator","section":"/a/"}"#;
    assert!(serde_json::from_str::<Grant>(text).is_err());
    let section = Section::parse("/a/").ok();
    assert!(Grant::new(site("news"), Role::Operator, section).is_err());
}

#[test]
fn a_site_has_one_grant() {
    let mut access = Access::default();
    access.set(grant("news", Role::Reader, None));
    access.set(grant("daily", Role::Reader, None));
    access.set(grant("news", Role::Editor, None));
    access.add(grant("news", Role::Operator, None));
    let roles: Vec<_> = access
        .iter()
        .map(|grant| (grant.site().as_str(), grant.role()))
        .collect();
    assert_eq!(roles, [("daily", Role::Reader), ("news", Role::Editor)]);
}
