/// How the page looks.
///
/// Colours: the best in vermilion, scores in shades of one blue, light to dark on white and the other way
/// round on black. The two differ in hue along the axis that colour-blind eyes keep, and shades differ in
/// lightness alone; failures also have a shape of their own.
enum PageStyle {
  static let sheet: Markup = """

    :root { color-scheme: light dark;
      --paper: #ffffff; --card: #ffffff; --edge: #d9dee5; --text: #1b232c; --faint: #5b6673; --grid: #e8ecf0;
      --best: #c2500a; --tint: #fdf1e8; --failed: #8a1c5c; --ok: #1f6f4a; --pin: #1f6f4a;
      --dropped: #8d877c;
      --s0: #8595a6; --s1: #7089a8; --s2: #5d82ad; --s3: #4873ab; --s4: #3665a3; --s5: #215390; --s6: #0a3d72;
      --i0: #0b141d; --i1: #0b141d; --i2: #0b141d; --i3: #ffffff; --i4: #ffffff; --i5: #ffffff; --i6: #ffffff; }
    @media (prefers-color-scheme: dark) { :root {
      --paper: #12161b; --card: #191f26; --edge: #303a45; --text: #e4e9ee; --faint: #9aa7b4; --grid: #27303a;
      --best: #ff9d4d; --tint: #33261a; --failed: #f08cc4; --ok: #6cc79a; --pin: #6cc79a;
      --dropped: #857c70;
      --s0: #5d7185; --s1: #6585a7; --s2: #678fb7; --s3: #6d9bc8; --s4: #82acd6; --s5: #a3c6e6; --s6: #d3e6f7;
      --i0: #ffffff; --i1: #0b141d; --i2: #0b141d; --i3: #0b141d; --i4: #0b141d; --i5: #0b141d; --i6: #0b141d; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width: 1140px; margin: 0 auto; padding: 24px 16px 48px; }
    h1, h2, h3, p { overflow-wrap: anywhere; }
    h1 { font-size: 26px; line-height: 1.2; margin: 0 0 6px; }
    h2 { font-size: 19px; margin: 32px 0 4px; }
    h3 { font-size: 15px; margin: 0 0 4px; }
    p { margin: 4px 0 8px; }
    .state { font-size: 13px; border: 1px solid; border-radius: 4px; padding: 1px 7px; margin-right: 4px; }
    .finished { color: var(--ok); } .unfinished { color: var(--best); } .failed { color: var(--failed); }
    .best-card { background: var(--tint); border-left: 4px solid var(--best); border-radius: 4px;
      padding: 10px 16px; margin: 16px 0 24px; }
    .best-card .score { font-size: 40px; line-height: 1.1; font-weight: 600; color: var(--best); margin: 0; }
    .nothing { color: var(--faint); border: 1px dashed var(--edge); border-radius: 4px; padding: 20px; }
    .two, .three { display: grid; gap: 16px; }
    .two { grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); }
    .three { grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); }
    figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 6px;
      padding: 12px 14px; min-width: 0; }
    main > figure { margin-top: 32px; }
    .drawing, .scroll { overflow-x: auto; }
    .drawing > svg { display: block; width: 100%; height: auto; }
    .two .drawing > svg { max-width: 620px; } .three .drawing > svg { max-width: 480px; }
    .drawing > svg.natural { width: auto; max-width: none; }
    figcaption, section > p { font-size: 13px; color: var(--faint); overflow-wrap: anywhere; }
    .best-card > p { font-size: 15px; color: inherit; }
    svg { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    .grid { stroke: var(--grid); } .axis { stroke: var(--faint); }
    .tick, .title { fill: var(--faint); }
    .line { fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linejoin: round; }
    .line:hover { stroke-width: 4; }
    .line.best { stroke-width: 2.6; } .line.halo { stroke: var(--card); stroke-width: 5.5; }
    .line.link { stroke-width: 1.2; } .line.cross { stroke-width: 1.8; }
    .best { color: var(--best); } .link { color: var(--faint); } .cross { color: var(--failed); }
    .dropped { color: var(--dropped); }
    .unseen { color: var(--s5); } .line.unseen { stroke-width: 2; stroke-dasharray: 6 3; }
    .dot, .head, .cell { fill: currentColor; }
    .outcome { fill: var(--s4); }
    .bar { fill: var(--s3); } .pair-bar { fill: var(--s1); } .best-bar { fill: var(--best); } .failed-bar { fill: var(--failed); }
    .whisker { stroke: var(--text); stroke-width: 1.4; }
    .band { fill: var(--s3); fill-opacity: 0.22; } .expected { stroke: var(--s6); stroke-width: 1.6; }
    .fork { fill: var(--card); stroke: var(--text); stroke-width: 1.2; }
    .ring { fill: none; stroke: var(--best); stroke-width: 2.2; }
    .cell.failed { fill: none; stroke: var(--failed); } .cell.waiting { fill: none; stroke: var(--faint);
      stroke-dasharray: 3 2; }
    .cell { pointer-events: all; }
    .ink-plain { fill: var(--faint); pointer-events: none; }
    .ink { fill: var(--ink); pointer-events: none; }
    .s0 { color: var(--s0); --ink: var(--i0); } .s1 { color: var(--s1); --ink: var(--i1); }
    .s2 { color: var(--s2); --ink: var(--i2); } .s3 { color: var(--s3); --ink: var(--i3); }
    .s4 { color: var(--s4); --ink: var(--i4); } .s5 { color: var(--s5); --ink: var(--i5); }
    .s6 { color: var(--s6); --ink: var(--i6); }
    .key { display: inline-block; width: 18px; height: 0; vertical-align: middle; }
    .key.best { border-top: 3px solid var(--best); }
    .key.unseen { border-top: 2px dashed var(--s5); }
    .key.dropped { border-top: 2px solid var(--dropped); }
    .key.block { height: 10px; border-top: 0; background: var(--best); }
    .key.band { height: 10px; background: var(--s3); opacity: 0.5; }
    .study0 { color: var(--best); } .study1 { color: var(--s5); } .study2 { color: var(--failed); }
    .study3 { color: var(--ok); } .study4 { color: var(--s1); stroke-dasharray: 6 3; } .study5 { color: var(--dropped); }
    .key[class*=study] { border-top: 3px solid currentColor; }
    .key.ring { width: 11px; height: 11px; border: 2px solid var(--best); border-radius: 50%; }
    .legend { white-space: nowrap; }
    .ramp { display: inline-flex; margin: 0 5px; vertical-align: middle; }
    .ramp i { width: 12px; height: 10px; background: currentColor; }
    table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
    th, td { text-align: right; padding: 3px 12px 3px 0; white-space: nowrap;
      border-bottom: 1px solid var(--edge); vertical-align: top; }
    th { color: var(--faint); font-weight: 500; }
    th:first-child, td:first-child { padding-left: 6px; }
    td.words, th.words { text-align: left; white-space: normal; min-width: 110px; max-width: 340px;
      overflow-wrap: anywhere; }
    tr.best td { background: var(--tint); color: var(--text); }
    td.wide { max-width: 860px; }
    .scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; background: var(--paper); }
    .scroll tr.best td:first-child { background: var(--tint); }
    .best-card .scroll th:first-child, .best-card .scroll td:first-child { background: var(--tint); }
    details { margin-top: 16px; } details > summary { cursor: pointer; font-weight: 600; padding: 4px 0; }
    .best-card details > summary { font-weight: 400; color: var(--faint); }
    .note { font-size: 13px; color: var(--faint); }
    pre { margin: 6px 0; padding: 8px 10px; overflow-x: auto; font-size: 13px; background: var(--grid); border-radius: 4px; }
    pre.copy { display: flex; justify-content: space-between; gap: 12px; align-items: flex-start; }
    .controls { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: baseline; font-size: 13px; margin: 6px 0; }
    .controls input[type=search] { min-width: 240px; }
    button, select, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge);
      border-radius: 4px; padding: 1px 7px; }
    th button { border: 0; padding: 0; background: none; font-weight: 500; cursor: pointer; }
    .parcoords .axis-extent { display: none; }
    .chooser label { display: block; } .chart { min-height: 330px; }
    #trials tbody tr[tabindex] { cursor: pointer; } tr.detail td { white-space: normal; text-align: left; }
    @media (max-width: 480px) { main { padding: 16px 10px 32px; } figure { padding: 10px; } }

    """

  /// The looks that a drawing brings along that stands alone.
  static var ofDrawing: Markup { "<style>" + sheet + "svg { background: var(--paper); }</style>" }
}
