using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Authorization;

/// <summary>The scheme SharedKey: a request signed with a key of the account.</summary>
internal static class SharedKey
{
    public const string Scheme = "SharedKey ";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    /// <summary>Their order in the string to sign is fixed; one that is absent is an empty line.</summary>
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-MD5",
        "Content-Type",
        "Date",
        "If-Modified-Since",
        "If-Match",
        "If-None-Match",
        "If-Unmodified-Since",
        "Range",
    ];

    public static void Require(HttpRequest request, string rawTarget, BlobAccount account, DateTimeOffset now)
    {
        if (!account.Options.AllowsSharedKey)
            throw new StorageException(AuthorizationErrors.KeysNotPermitted);

        RequireRecent(request, now);
        string[] credential = request.Headers.Authorization.ToString()[Scheme.Length..].Split(':', 2);
        if (credential.Length != 2 || !credential[0].Equals(account.Name, StringComparison.OrdinalIgnoreCase))
            throw AuthorizationErrors.Unauthenticated("The account name in the Authorization header is not that of the request.");

        string signed = StringToSign(request, rawTarget, account.Name);
        if (!account.Keys.Any(key => IsSignedWith(key, signed, credential[1])))
        {
            throw AuthorizationErrors.Unauthenticated(
                $"The MAC signature found in the HTTP request '{credential[1]}' is not the same as any computed signature. "
                    + $"Server used following string to sign: '{signed}'."
            );
        }
    }

    public static bool IsSignedWith(byte[] key, string signed, string signature)
    {
        string expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }

    private static void RequireRecent(HttpRequest request, DateTimeOffset now)
    {
        string date = request.Headers["x-ms-date"].ToString() is { Length: > 0 } sent ? sent : request.Headers.Date.ToString();
        if (!DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at))
            throw AuthorizationErrors.Unauthenticated("The Date header in the request is missing or is not a date.");

        if ((now - at).Duration() > Skew)
            throw AuthorizationErrors.Unauthenticated("Request date header too old: " + date);
    }

    private static string StringToSign(HttpRequest request, string rawTarget, string account)
    {
        bool hasOwnDate = request.Headers.ContainsKey("x-ms-date");
        var lines = new List<string> { request.Method.ToUpperInvariant() };
        lines.AddRange(
            SignedHeaders.Select(name =>
                (name, request.Headers[name].ToString()) switch
                {
                    ("Content-Length", "0") => "",
                    ("Date", _) when hasOwnDate => "",
                    var (_, value) => value,
                }
            )
        );
        lines.AddRange(
            request
                .Headers.Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(',', header.Value.ToArray()).Trim()))
                .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
                .OrderBy(header => SortKey(header.Name), StringComparer.Ordinal)
                .ThenBy(header => header.Name, StringComparer.Ordinal)
                .Select(header => $"{header.Name}:{header.Value}")
        );
        lines.AddRange(Resource(rawTarget, account));
        return string.Join('\n', lines);
    }

    /// <summary>The service sorts as its culture does: a hyphen does not count, and an underscore comes before all else.</summary>
    private static string SortKey(string header) => header.Replace("-", "", StringComparison.Ordinal).Replace('_', ' ');

    /// <summary>The path as it was sent, and each parameter as it was meant.</summary>
    private static IEnumerable<string> Resource(string rawTarget, string account)
    {
        int mark = rawTarget.IndexOf('?', StringComparison.Ordinal);
        yield return $"/{account}{(mark < 0 ? rawTarget : rawTarget[..mark])}";
        string query = mark < 0 ? "" : rawTarget[(mark + 1)..];
        IOrderedEnumerable<IGrouping<string, string[]>> parameters = query
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .GroupBy(pair => Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, string[]>? parameter in parameters)
        {
            IOrderedEnumerable<string> values = parameter
                .Select(pair => pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "")
                .Order(StringComparer.Ordinal);
            yield return $"{parameter.Key}:{string.Join(',', values)}";
        }
    }
}
