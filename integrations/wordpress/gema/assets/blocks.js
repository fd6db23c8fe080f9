// The blocks in the editor: a placeholder and its settings. What readers see is made by the server.
( function ( blocks, element, editor, components, i18n ) {
	const { createElement: el, Fragment } = element;
	const { __ } = i18n;

	const edit = ( label, controls ) => ( { attributes, setAttributes } ) =>
		el(
			Fragment,
			null,
			el(
				editor.InspectorControls,
				null,
				el(
					components.PanelBody,
					null,
					controls.map( ( { name, label: text, options } ) =>
						el( components.SelectControl, {
							key: name,
							label: text,
							value: attributes[ name ],
							options,
							onChange: ( value ) => setAttributes( { [ name ]: value } ),
						} )
					)
				)
			),
			el( 'div', editor.useBlockProps(), el( components.Placeholder, { label } ) )
		);

	const shown = { value: '', label: __( 'Shown', 'gema' ) };
	const hidden = { value: 'off', label: __( 'Hidden', 'gema' ) };
	const closed = { value: 'closed', label: __( 'Results only', 'gema' ) };

	blocks.registerBlockType( 'gema/widget', {
		edit: edit( __( 'Gema: share bar, read counter and reactions', 'gema' ), [
			{ name: 'share', label: __( 'Share bar', 'gema' ), options: [ shown, hidden ] },
			{ name: 'reads', label: __( 'Read counter', 'gema' ), options: [ shown, hidden ] },
			{ name: 'poll', label: __( 'Reactions', 'gema' ), options: [ shown, closed, hidden ] },
		] ),
		save: () => null,
	} );

	blocks.registerBlockType( 'gema/count', {
		edit: edit( __( 'Gema: how often this post was read', 'gema' ), [
			{
				name: 'show',
				label: __( 'Count', 'gema' ),
				options: [
					{ value: 'reads', label: __( 'Reads', 'gema' ) },
					{ value: 'reactions', label: __( 'Reactions', 'gema' ) },
				],
			},
		] ),
		save: () => null,
	} );
} )( window.wp.blocks, window.wp.element, window.wp.blockEditor, window.wp.components, window.wp.i18n );
