//! The release's version, as each kind of package writes it.

use std::fmt;

use anyhow::{Context, Result, bail};

/// The version of Cargo.toml, with a pre-release if this is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// `1.2.3`.
    core: String,
    pre: Option<PreRelease>,
}

/// `rc.1`: a stage and a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreRelease {
    stage: &'static str,
    number: u32,
}

/// The stages in semver and Debian, and in PEP 440. Their order is the same in all three.
const STAGES: [(&str, &str); 3] = [("alpha", "a"), ("beta", "b"), ("rc", "rc")];

/// The revision of the Debian package, for one that changes without the program.
const DEBIAN_REVISION: u32 = 1;

impl PreRelease {
    /// Parses `alpha.N`, `beta.N` or `rc.N`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let parsed = text.split_once('.').and_then(|(stage, number)| {
            let (stage, _) = STAGES.into_iter().find(|(name, _)| *name == stage)?;
            // No sign and no leading zero, which semver forbids.
            let number = number
                .parse()
                .ok()
                .filter(|parsed: &u32| parsed.to_string() == number)?;
            Some(Self { stage, number })
        });
        parsed.with_context(|| {
            format!("`{text}` is not a pre-release: write alpha.1, beta.1 or rc.1")
        })
    }
}

impl Version {
    /// The version of a release (`1.2.3`).
    pub(crate) fn new(core: &str, pre: Option<PreRelease>) -> Result<Self> {
        let numbers: Vec<_> = core.split('.').collect();
        if numbers.len() != 3 || numbers.iter().any(|number| number.parse::<u32>().is_err()) {
            bail!("`{core}` is not a version of three numbers");
        }
        Ok(Self {
            core: core.to_owned(),
            pre,
        })
    }

    /// The version without the pre-release, as the program itself prints it.
    pub(crate) fn core(&self) -> &str {
        &self.core
    }

    /// The version for Python (PEP 440): `1.2.3rc1`.
    pub(crate) fn python(&self) -> String {
        let short = |stage: &'static str| {
            STAGES
                .iter()
                .find(|(name, _)| *name == stage)
                .map_or(stage, |(_, short)| short)
        };
        let pre = self
            .pre
            .as_ref()
            .map(|pre| format!("{}{}", short(pre.stage), pre.number));
        format!("{}{}", self.core, pre.unwrap_or_default())
    }

    /// The version for Debian, without the revision: `1.2.3~rc.1`. A tilde sorts before the end, so that the release is
    /// higher.
    pub(crate) fn debian_upstream(&self) -> String {
        let pre = self
            .pre
            .as_ref()
            .map(|pre| format!("~{}.{}", pre.stage, pre.number));
        format!("{}{}", self.core, pre.unwrap_or_default())
    }

    /// The version for Debian, with the revision: `1.2.3~rc.1-1`.
    pub(crate) fn debian(&self) -> String {
        format!("{}-{DEBIAN_REVISION}", self.debian_upstream())
    }
}

/// The version in semver's form, which npm, OCI and file names use: `1.2.3-rc.1`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.core)?;
        self.pre
            .as_ref()
            .map_or(Ok(()), |pre| write!(f, "-{}.{}", pre.stage, pre.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pre: Option<&str>) -> [String; 4] {
        let version =
            Version::new("0.2.0", pre.map(|pre| PreRelease::parse(pre).unwrap())).unwrap();
        [
            version.to_string(),
            version.python(),
            version.debian_upstream(),
            version.debian(),
        ]
    }

    #[test]
    fn each_kind_of_package_writes_a_version_in_its_own_way() {
        assert_eq!(written(None), ["0.2.0", "0.2.0", "0.2.0", "0.2.0-1"]);
        assert_eq!(
            written(Some("rc.1")),
            ["0.2.0-rc.1", "0.2.0rc1", "0.2.0~rc.1", "0.2.0~rc.1-1"]
        );
        assert_eq!(
            written(Some("beta.10")),
            [
                "0.2.0-beta.10",
                "0.2.0b10",
                "0.2.0~beta.10",
                "0.2.0~beta.10-1"
            ]
        );
    }

    #[test]
    fn versions_invalid_for_one_format_are_refused() {
        for wrong in [
            "rc", "rc1", "rc.", "rc.01", "rc.+1", "gamma.1", "RC.1", "", "rc.1.2",
        ] {
            assert!(PreRelease::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0.2", "0.2.0-rc.1", "v0.2.0", "0.2.x", ""] {
            assert!(Version::new(wrong, None).is_err(), "{wrong}");
        }
    }
}
