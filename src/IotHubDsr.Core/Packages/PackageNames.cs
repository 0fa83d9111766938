using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Packages;

/// <summary>
/// File names that are safe everywhere. Device IDs may hold characters that some file system forbids or folds (<c>Dev1</c> and
/// <c>dev1</c> are two devices): what is not plain lower case gets a digest of the whole ID, so that no two IDs share a name.
/// </summary>
internal static class PackageNames
{
    private const int LongestPlain = 64;
    private const int DigestBytes = 16;

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "con",
        "prn",
        "aux",
        "nul",
        "com0",
        "com1",
        "com2",
        "com3",
        "com4",
        "com5",
        "com6",
        "com7",
        "com8",
        "com9",
        "lpt0",
        "lpt1",
        "lpt2",
        "lpt3",
        "lpt4",
        "lpt5",
        "lpt6",
        "lpt7",
        "lpt8",
        "lpt9",
    };

    /// <summary>Whether a path holds nothing but safe names.</summary>
    public static bool IsSafePath(string path) =>
        path.Split('/')
            .All(name => name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterUpper(c) || IsPlain(c) || c == '~'));

    /// <summary>
    /// The folder that unpacking a package makes: named like the file without its extensions, as RFC 8493 (section 4) asks.
    /// </summary>
    public static string OfBag(string path)
    {
        string name = Path.GetFileName(path);
        foreach (string extension in (string[])[".p7m", ".zip"])
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                name = name[..^extension.Length];
        }

        return IsSafePath(name) && name[^1] != '.' && !Reserved.Contains(name.Split('.')[0].ToLowerInvariant()) ? name : For(name);
    }

    public static string For(string name)
    {
        if (
            name.Length is > 0 and <= LongestPlain
            && name.All(IsPlain)
            && name[0] != '.'
            && name[^1] != '.'
            && !Reserved.Contains(name.Split('.')[0])
        )
        {
            return name;
        }

        var safe = new StringBuilder();
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, LongestPlain)))
        {
            safe.Append(
                char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c)
                : IsPlain(c) && c != '.' ? c
                : '_'
            );
        }

        return $"{safe}~{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, DigestBytes)).ToLowerInvariant()}";
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.';
}
