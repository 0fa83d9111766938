using System.Globalization;
using System.Reflection;
using System.Text;

namespace IotHubDsr.Core.Packages;

/// <summary>What <c>bag-info.txt</c> says of a package (RFC 8493, section 2.2.2).</summary>
/// <param name="Identifier">The export's own ID.</param>
/// <param name="Description">What is in it, in one sentence.</param>
/// <param name="At">When it was made.</param>
internal sealed record BagInfo(string Identifier, string Description, DateTimeOffset At)
{
    private const int LongestLine = 79;
    private const string Indent = "  ";

    public static ReadOnlyMemory<byte> Declaration { get; } = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"u8.ToArray();

    /// <summary>Who hands the data over.</summary>
    public string? SourceOrganization { get; init; }

    /// <summary>Whom the recipient can ask.</summary>
    public string? ContactName { get; init; }

    /// <summary>
    /// Random digits. The journal keeps the package's digest beyond the request's key: without them, the device of a package in which there
    /// is nothing could be guessed back from it.
    /// </summary>
    public string? Salt { get; init; }

    private static string SoftwareAgent
    {
        get
        {
            string? version = typeof(BagInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            return $"IotHubDsr {version?.Split('+')[0]}".TrimEnd();
        }
    }

    /// <param name="bytes">Size of the payload.</param>
    /// <param name="files">Number of its files.</param>
    public byte[] Write(long bytes, int files)
    {
        var text = new StringBuilder();
        Append(text, "Source-Organization", SourceOrganization);
        Append(text, "Contact-Name", ContactName);
        Append(text, "External-Description", Description);
        Append(text, "Bagging-Date", At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Append(text, "External-Identifier", Identifier);
        Append(text, "Payload-Oxum", string.Create(CultureInfo.InvariantCulture, $"{bytes}.{files}"));
        Append(text, "Bag-Software-Agent", SoftwareAgent);
        Append(text, "Package-Salt", Salt);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// A label with its value, folded between words where the line would become long; no value can begin a line of its own.
    /// </summary>
    private static void Append(StringBuilder text, string label, string? value)
    {
        string[] words = Words(value);
        if (words.Length == 0)
            return;
        string line = $"{label}:";
        foreach (string word in words)
        {
            if (line.Length + 1 + word.Length > LongestLine && !string.IsNullOrWhiteSpace(line))
            {
                text.Append(line).Append('\n');
                line = Indent[1..];
            }

            line += $" {word}";
        }

        text.Append(line).Append('\n');
    }

    private static string[] Words(string? value)
    {
        var plain = new StringBuilder(value);
        for (int i = 0; i < plain.Length; i++)
        {
            if (
                char.IsControl(plain[i])
                || char.GetUnicodeCategory(plain[i]) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            )
            {
                plain[i] = ' ';
            }
        }

        return VisibleText.OfLine(plain.ToString()).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
