using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>
/// The target of a request as the client sent it. ASP.NET Core's own Path leaves %2F encoded and decodes the rest, so that an encoded
/// percent sign and a percent sign look the same; here each segment is decoded exactly once.
/// </summary>
internal sealed record RequestTarget(string Raw, string[] Segments, IReadOnlyDictionary<string, string> Query)
{
    public string? ApiVersion => Query.GetValueOrDefault("api-version");

    public static string RawOf(HttpContext context)
    {
        string raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw.StartsWith('/'))
            return raw;

        // The absolute form of a request line is legal too.
        int authority = raw.IndexOf("//", StringComparison.Ordinal);
        int path = authority < 0 ? -1 : raw.IndexOf('/', authority + 2);
        return path < 0 ? "/" : raw[path..];
    }

    public static bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target)
    {
        target = null;
        int question = raw.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? raw : raw[..question];
        if (!IsWellEncoded(raw))
            return false;

        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var query = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in question < 0 ? [] : raw[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            query[name] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' '));
        }

        target = new RequestTarget(raw, segments, query);
        return true;
    }

    private static bool IsWellEncoded(string raw)
    {
        for (int at = raw.IndexOf('%', StringComparison.Ordinal); at >= 0; at = raw.IndexOf('%', at + 1))
        {
            if (at + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[at + 1]) || !char.IsAsciiHexDigit(raw[at + 2]))
                return false;
        }

        return true;
    }
}
