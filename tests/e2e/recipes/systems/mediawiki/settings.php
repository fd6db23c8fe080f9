
$wgJobRunRate = 0;
$wgFooterIcons = [];
