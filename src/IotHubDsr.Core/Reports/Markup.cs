namespace IotHubDsr.Core.Reports;

/// <summary>The elements that a report can have. None of them loads, runs or submits anything.</summary>
internal enum Tag
{
    Html,
    Head,
    Meta,
    Title,
    Style,
    Body,
    Header,
    Nav,
    Main,
    Section,
    Footer,
    H1,
    H2,
    H3,
    P,
    Div,
    Span,
    Strong,
    Bdi,
    Code,
    Time,
    A,
    Ul,
    Li,
    Dl,
    Dt,
    Dd,
    Details,
    Summary,
    Table,
    Caption,
    Thead,
    Tbody,
    Tr,
    Th,
    Td,
    Svg,
    G,
    Desc,
    Path,
    Rect,
    Circle,
    Line,
    Text,
}

/// <summary>The attributes that a report's elements can have.</summary>
internal enum Attribute
{
    Lang,
    Charset,
    HttpEquiv,
    Content,
    Name,
    Id,
    Class,
    Href,
    Scope,
    Datetime,
    Role,
    Tabindex,
    DataLabel,
    AriaHidden,
    AriaLabel,
    AriaLabelledby,
    ViewBox,
    Width,
    Height,
    X,
    Y,
    X1,
    Y1,
    X2,
    Y2,
    R,
    Cx,
    Cy,
    Rx,
    D,
    TextAnchor,
    Transform,
}

/// <summary>Names of elements and attributes as HTML writes them.</summary>
internal static class Markup
{
    private static readonly string[] Tags = [.. Enum.GetNames<Tag>().Select(static name => name.ToLowerInvariant())];

    private static readonly string[] Attributes =
    [
        .. Enum.GetValues<Attribute>()
            .Select(static attribute =>
                attribute switch
                {
                    Attribute.HttpEquiv => "http-equiv",
                    Attribute.DataLabel => "data-label",
                    Attribute.AriaHidden => "aria-hidden",
                    Attribute.AriaLabel => "aria-label",
                    Attribute.AriaLabelledby => "aria-labelledby",
                    Attribute.ViewBox => "viewBox",
                    Attribute.TextAnchor => "text-anchor",
                    _ => attribute.ToString().ToLowerInvariant(),
                }
            ),
    ];

    public static string Name(Tag tag) => Tags[(int)tag];

    public static string Name(Attribute attribute) => Attributes[(int)attribute];
}
