namespace IotHubDsr.Core.Tests.Reports;

/// <summary>Texts that a device, a twin tag or a blob name could carry in order to become markup.</summary>
internal static class HostileText
{
    public static IReadOnlyList<string> All { get; } =
    [
        "<script>window.broken=1</script>",
        "\"><img src=x onerror=window.broken=1>",
        "' onmouseover='window.broken=1",
        "</title></style></svg></table><svg onload=window.broken=1>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&lt;b&gt;",
        "&#60;b&#62;",
        "&",
        "\\",
        "`",
        "${1}",
        "{{1}}",
        "javascript:window.broken=1",
        "data:text/html,<b>",
        "http://example.invalid/x.png",
        "url(http://example.invalid/)",
        "\u202Egnp.exe",
        "\u2066\u2069\u200F\u061C",
        "\0\u0001\u001B[31m\u007F\u0085\u009B",
        "\uD800",
        "\uDC00x",
        "\uFEFF\u200B\u00AD",
        "\uFFFE\uFFFF\uFDD0",
        "\u2028\u2029",
        "\r\n\t",
        "\r",
        "e\u0301\u0301\u0301\u0301",
        "👩‍👩‍👧‍👦",
        "שלום",
        "漢字",
        "<a href=//example.invalid>",
        "<base href=//example.invalid>",
        "<meta http-equiv=refresh content=0>",
        "<foreignObject><iframe src=x>",
    ];
}
