use super::*;

#[test]
fn crawlers_previews_and_tools_are_known() {
    for agent in [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36",
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
        "python-requests/2.31",
        "curl/8.5.0",
        // These bots run scripts.
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 (compatible; GoogleOther)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36 (compatible; GoogleAgent-Mariner)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 DatadogSynthetics",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 NewRelicSynthetics/1.0",
        "Mozilla/5.0 (Linux; Android 6.0.1; Moto G (4) Build/MPJ24.139-64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/65.0.3325.146 Mobile Safari/537.36 PTST/180829.190838",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 Checkly/1.0 (https://www.checklyhq.com)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36 (ThousandEyes Agent)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 RuxitSynthetic/1.0 v123",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)",
        "Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3.170816.012; DuplexWeb-Google/1.0) AppleWebKit/537.36 Chrome/74.0.3729.131 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 5.0; SM-G900P Build/LRX21T; Seobot/1.0) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36",
        "Mozilla/5.0 (compatible; SomebodysRobots; robots@news.example)",
    ] {
        assert!(is_bot(agent), "{agent}");
    }
}

#[test]
fn malformed_user_agents_are_scanned_to_the_end() {
    for agent in [
        "(",
        ")",
        "((",
        "(;",
        "(android",
        "(android;;é",
        "android (",
        "hbbtv/ (((bot)",
        "é(é)é",
    ] {
        assert!(!is_bot(agent), "{agent}");
    }
    assert!(is_bot("(((((bot") && is_bot("é(linux; android 9; é; bot/1"));
}

#[test]
fn readers_are_readers() {
    for agent in [
        "",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
        "Lynx/2.8.8pre.3 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1e",
        "Mozilla/5.0 (Linux; Android 7.0; M bot 54) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.96 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 6.0; IDbot553 Build/MRA58K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.125 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 6.0; B BOT 550 Build/MRA58K; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/53.0.2785.124 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; U; Android 7.1.1; id-id; M_bot_tab_1150 Build/N9F27F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/67.0.3396.87 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 8.1.0; XBot_Senior Build/O11019) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/65.0.3325.109 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; Spider 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 12; HTC Desire 22 pro Build/SKQ1.220201.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/105.0.5195.136 Mobile Safari/537.36 \
         Instagram 267.0.0.18.93 Android (31/12; 480dpi; 1080x2142; HTC/htc; HTC Desire 22 pro; htc_botdugls; qcom; in_ID; 424013002)",
        "Mozilla/5.0 (Linux; Andr0id 9; ATV R1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/77.0.3865.120 Safari/537.36 OPR/46.0.2207.0 HbbTV/1.5.1 (+DRM;BOTECH;ATV R1;Demo 1.0;TVs;) FVC/5.0",
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; Banca Caboto s.p.a.; rv:11.0) like Gecko",
        "Mozilla/5.0 (Linux; Android 14; Moto G Power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Mobile Safari/537.36",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12",
    ] {
        assert!(!is_bot(agent), "{agent}");
    }
}

/// Lists of agents, a line each: the committed samples, or whole lists in the directory that `GEMA_AGENTS` names.
fn agents(name: &str, sample: &str) -> Vec<String> {
    let text = match std::env::var_os("GEMA_AGENTS") {
        Some(directory) => {
            std::fs::read_to_string(std::path::Path::new(&directory).join(name)).unwrap()
        }
        None => sample.to_owned(),
    };
    text.lines()
        .filter(|line| !line.starts_with("# "))
        .map(str::to_owned)
        .collect()
}

/// The share of agents for which `is_wrong` holds, in percent.
fn wrong(name: &str, agents: &[String], is_wrong: impl Fn(&str) -> bool) -> f64 {
    let wrong: Vec<_> = agents.iter().filter(|agent| is_wrong(agent)).collect();
    let percent = wrong.len() as f64 * 100.0 / agents.len().max(1) as f64;
    println!(
        "{name}: {} of {} ({percent:.3} %)",
        wrong.len(),
        agents.len()
    );
    wrong
        .iter()
        .take(200)
        .for_each(|agent| println!("    {agent}"));
    percent
}

#[test]
fn readers_are_counted_and_robots_are_not() {
    let readers = agents(
        "readers.txt",
        include_str!("../../robots/sample/readers.txt"),
    );
    let robots = agents("robots.txt", include_str!("../../robots/sample/robots.txt"));
    assert!(readers.len() >= 240 && robots.len() >= 240);
    assert!(wrong("readers refused", &readers, is_bot) <= 0.02);
    assert!(wrong("robots missed", &robots, |agent| !is_bot(agent)) <= 5.0);
    if std::env::var_os("GEMA_AGENTS").is_some() {
        // Our words were chosen by looking at the agents with an even checksum (CRC 32); the lists are independent of
        // Matomo.
        let others = agents("matomo-robots.txt", "");
        let (odd, even): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|agent| crc32(agent) % 2 == 1);
        wrong("robots of Matomo missed, half seen", &even, |agent| {
            !is_bot(agent)
        });
        assert!(
            wrong(
                "robots of Matomo missed, other half",
                &odd,
                |agent| !is_bot(agent)
            ) <= 5.0
        );
        let browsers: Vec<_> = odd
            .into_iter()
            .filter(|agent| agent.starts_with("Mozilla/"))
            .collect();
        assert!(wrong("of these, like browsers", &browsers, |agent| !is_bot(agent)) <= 4.0);
    }
}

fn crc32(text: &str) -> u32 {
    !text.bytes().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[test]
fn a_listed_name_begins_a_word_and_a_short_one_is_whole() {
    for (agent, expected) in [
        ("larbin_2.6.3 larbin2.6.3@unspecified.mail", true),
        ("Mozilla/5.0 (X11; Linux x86_64) Larbin", true),
        ("Mozilla/5.0 (X11; Linux x86_64) Solarbin", false),
        ("Mozilla/5.0 (X11; Linux x86_64) Grub/1.0", true),
        ("Mozilla/5.0 (X11; Linux x86_64) Grubhub/1.0", false),
        ("curl", true),
        ("firefox", true),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox",
            false,
        ),
        // The lists contain `RED/` and `NING/`.
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) com.apple.appstored/1.0",
            false,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:29.0) Gecko/20100101 Firefox/29.0 SeaMonkey/2.26a1 Lightning/3.1a1",
            false,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile Safari/537.36 (Ecosia android@143.0.0.0)",
            false,
        ),
        ("Mozilla/5.0 (tech@news.example)", true),
        (
            "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
            false,
        ),
        (
            "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; http://addon.example)",
            false,
        ),
        ("Mozilla/5.0 (compatible; Something/1.0)", true),
        // A newspaper's own app.
        (
            "iPad (compatible; Tablet2.0) NRC Digitale Editie, nl.nrc.nrcapp 10.0.7 (197) / iPadOS 16.6",
            false,
        ),
    ] {
        assert_eq!(is_bot(agent), expected, "{agent}");
    }
}

#[test]
fn browsers_of_social_apps_are_readers() {
    for agent in [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 [FBAN/FBIOS;FBAV/560.0.0.45.64;FBBV/957465331;FBDV/iPhone14,5]",
        "Mozilla/5.0 (Linux; Android 16; Pixel 10 Pro XL Build/CP1A.260305.018; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/146.0.7680.174 Mobile Safari/537.36 MetaIAB Facebook",
        "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159 Android (35/15; 480dpi; 1080x2400)",
        "Mozilla/5.0 (Linux; Android 7.1.2; G011A Build/N2G48H; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/66.0.3359.158 Safari/537.36 Viber/11.9.5.8",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Twitter for iPhone/10.30",
        "Mozilla/5.0 (Linux; Android 14; SM-A155F Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0 Mobile Safari/537.36 trill_350003 BytedanceWebview/d8a21c6 musical_ly_2023500030",
        "Mozilla/5.0 (Linux; Android 13; Redmi Note 11 Build/TKQ1.221114.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 Line/14.1.0/IAB",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Snapchat/12.80.0.40 (like Safari/8617.2.4.10.8, panda)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/310.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 12; Positivo Twist 5 Pro Build/SP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
    ] {
        assert!(!is_bot(agent), "{agent}");
    }
}

#[test]
fn an_agent_that_is_only_a_programs_name_is_no_browser() {
    for (agent, expected) in [
        ("RootEvidence/1.0", true),
        ("Node.js", true),
        ("Hello, world", true),
        ("Mozilla/5.0 infrawatch/0.1", true),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 CybaaAgent",
            true,
        ),
        ("", false),
        ("Mozilla/5.0", false),
        ("Mozilla/5.0 Firefox/140.0", false),
        ("iPhone14ProMax", false),
        ("DoCoMo/2.0 MST_v_SH2101V", false),
        ("QC6035 UP.Browser/4.1.22b1", false),
        (
            "smarttv_AFTKA_Build_0017381305986_Chromium_88.0.4324.152",
            false,
        ),
        ("w3m/0.5.3+git20230121", false),
        (
            "Mozilla/5.0 Linux; Android 4.0.3; TM-7037W Build/IML74K AppleWebKit/537.36 KHTML, like Gecko Chrome/42.0.2311.111 Safari/537.36",
            false,
        ),
        // An app that adds its name to the web view's own agent.
        (
            "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 WartaApp/3.1",
            false,
        ),
    ] {
        assert_eq!(is_bot(agent), expected, "{agent}");
    }
}

#[test]
fn every_word_that_is_left_out_is_in_a_list() {
    for word in left_out::LEFT_OUT {
        assert!(
            words::LISTS
                .iter()
                .any(|list| list.lines().any(|line| line == *word)),
            "{word}"
        );
    }
}

#[test]
fn time_is_in_proportion_to_the_agent() {
    let time = |unit: &str, length: usize| {
        let agent = unit.repeat(length / unit.len());
        let begun = std::time::Instant::now();
        assert!(!is_bot(&agent), "{unit}");
        begun.elapsed()
    };
    for unit in ["cubot", "x msie ://", "@", "(android;", "bott", "grubhub"] {
        time(unit, 1 << 10);
        // Quadratic time would be hours.
        assert!(time(unit, 1 << 20).as_secs() < 20, "{unit}");
    }
}
