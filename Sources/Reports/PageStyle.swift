/// How the page looks.
///
/// Colours: the best in vermilion, scores in shades of one blue, light to dark on white and the other way
/// round on black. The two differ in hue along the axis that colour-blind eyes keep, and shades differ in
/// lightness alone; failures also have a shape of their own.
enum PageStyle {
  static let sheet: Markup = """

    :root { color-scheme: light dark;
      --paper: #ffffff; --card: #ffffff; --edge: #d9dee5; --text: #1b232c; --faint: #5b6673; --grid: #e8ecf0;
      --best: #c2500a; --tint: #fdf1e8; --failed: #8a1c5c; --ok: #1f6f4a;
      --dropped: #bdb9b2;
      --s0: #c9d6e4; --s1: #abc4dd; --s2: #86aed2; --s3: #6095c5; --s4: #3f7ab2; --s5: #235d98; --s6: #0a3d72;
      --ink-low: #14202c; --ink-high: #ffffff; }
    @media (prefers-color-scheme: dark) { :root {
      --paper: #12161b; --card: #191f26; --edge: #303a45; --text: #e4e9ee; --faint: #9aa7b4; --grid: #27303a;
      --best: #ff9d4d; --tint: #33261a; --failed: #f08cc4; --ok: #6cc79a;
      --dropped: #6f675e;
      --s0: #2f4254; --s1: #375673; --s2: #416d96; --s3: #5286b6; --s4: #74a3cd; --s5: #9dc2e2; --s6: #d3e6f7;
      --ink-low: #f0f4f8; --ink-high: #0e1620; } }
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
    .outcome { fill: var(--s4); fill-opacity: 0.5; }
    .fork { fill: var(--card); stroke: var(--text); stroke-width: 1.2; }
    .ring { fill: none; stroke: var(--best); stroke-width: 2.2; }
    .cell.failed { fill: none; stroke: var(--failed); } .cell.waiting { fill: none; stroke: var(--faint);
      stroke-dasharray: 3 2; }
    .cell { pointer-events: all; }
    .ink-plain { fill: var(--faint); pointer-events: none; }
    .ink-low { fill: var(--ink-low); pointer-events: none; }
    .ink-high { fill: var(--ink-high); pointer-events: none; }
    .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); }
    .s4 { color: var(--s4); } .s5 { color: var(--s5); } .s6 { color: var(--s6); }
    .key { display: inline-block; width: 18px; height: 0; vertical-align: middle; }
    .key.best { border-top: 3px solid var(--best); }
    .key.unseen { border-top: 2px dashed var(--s5); }
    .key.dropped { border-top: 2px solid var(--dropped); }
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
    @media (max-width: 480px) { main { padding: 16px 10px 32px; } figure { padding: 10px; } }

    """

  /// The looks that a drawing brings along that stands alone.
  static var ofDrawing: Markup { "<style>" + sheet + "svg { background: var(--paper); }</style>" }
}
