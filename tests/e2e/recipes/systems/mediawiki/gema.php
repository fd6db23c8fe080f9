$wgHooks['BeforePageDisplay'][] = function ( $out ) {
	$title = $out->getTitle();
	$isView = $out->isArticle() && $out->getActionName() === 'view' && $out->isRevisionCurrent() && !$out->getRequest()->getCheck( 'diff' );
	if ( !$isView || !$title->exists() || !$title->inNamespace( NS_MAIN ) || $title->isMainPage() || $title->isRedirect() ) return;
	$out->addHTML( '<gema-article article="mw-' . $title->getArticleID() . '" body="page"></gema-article>' );
	$out->addHeadItem( 'gema', '<script async src="https://gema.example/embed.js" data-site="setneg"></script>' );
};
