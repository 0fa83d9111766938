using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Tests.Packages;

/// <summary>A bag as RFC 8493 describes it, read without anything of the product.</summary>
internal sealed partial class Bag
{
    private const string Payload = "data/";

    private Bag(Dictionary<string, byte[]> files) => Files = files;

    /// <summary>Contents by name, relative to the base directory, with forward slashes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>The lines of bag-info.txt, unfolded.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Info =>
        [
            .. Unfold(Text("bag-info.txt"))
                .Select(line => KeyValuePair.Create(line.Split(':')[0], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())),
        ];

    public static Bag OfFolder(string path) =>
        new(
            Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(path, file).Replace('\\', '/'), File.ReadAllBytes, StringComparer.Ordinal)
        );

    public static Bag OfZip(string path)
    {
        using FileStream file = File.OpenRead(path);
        return OfZip(file, Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Reads a zip; it must hold nothing but one directory, the bag's.</summary>
    public static Bag OfZip(Stream content, string baseDirectory)
    {
        using var zip = new ZipArchive(content, ZipArchiveMode.Read);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            Assert.StartsWith($"{baseDirectory}/", entry.FullName, StringComparison.Ordinal);
            using Stream stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            files.Add(entry.FullName[(baseDirectory.Length + 1)..], copy.ToArray());
        }

        return new Bag(files);
    }

    public string Text(string name) =>
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(Files[name]);

    public void AssertValid() => Assert.Empty(Problems());

    /// <summary>What makes it no complete and valid bag.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Declaration().IsMatch(Text("bagit.txt")))
            yield return "bagit.txt does not declare a version and an encoding";
        if (!Files.Keys.Any(name => name.StartsWith(Payload, StringComparison.Ordinal)))
            yield return "there is no payload";
        foreach (
            string problem in OfManifest("manifest-sha256.txt", isPayload: true)
                .Concat(OfManifest("tagmanifest-sha256.txt", isPayload: false))
        )
        {
            yield return problem;
        }

        foreach (string line in Unfold(Text("bag-info.txt")).Where(line => !Label().IsMatch(line)))
            yield return $"bag-info.txt has a line without a label: {line}";

        byte[][] payload = [.. Files.Where(file => file.Key.StartsWith(Payload, StringComparison.Ordinal)).Select(file => file.Value)];
        string oxum = string.Create(CultureInfo.InvariantCulture, $"{payload.Sum(file => (long)file.Length)}.{payload.Length}");
        if (Info.Where(line => line.Key == "Payload-Oxum").Select(line => line.Value).SequenceEqual([oxum]) is false)
            yield return $"Payload-Oxum is not {oxum}";
    }

    private static List<string> Unfold(string text)
    {
        var lines = new List<string>();
        foreach (string line in text.Split(["\r\n", "\n", "\r"], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is ' ' or '\t' && lines.Count > 0)
                lines[^1] += " " + line.Trim();
            else
                lines.Add(line);
        }

        return lines;
    }

    /// <summary>Section 2.1.3: CR, LF and the percent sign stand encoded in a manifest, and nothing else does.</summary>
    private static string Decode(string path) =>
        EncodedCharacter().Replace(path, static match => $"{(char)Convert.ToInt32(match.Groups[1].Value, 16)}");

    private List<string> OfManifest(string manifest, bool isPayload)
    {
        var problems = new List<string>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in Text(manifest).Split(["\r\n", "\n", "\r"], StringSplitOptions.RemoveEmptyEntries))
        {
            Match parts = ManifestLine().Match(line);
            string name = Decode(parts.Groups[2].Value);
            if (!parts.Success || !named.Add(name))
            {
                problems.Add($"{manifest} has a line that is none, or comes twice: {line}");
            }
            else if (
                name.StartsWith(Payload, StringComparison.Ordinal) != isPayload
                || name.StartsWith("tagmanifest-", StringComparison.Ordinal)
            )
            {
                problems.Add($"{manifest} names a file that belongs elsewhere: {name}");
            }
            else if (!Files.TryGetValue(name, out byte[]? content))
            {
                problems.Add($"{manifest} names a file that is not there: {name}");
            }
            else if (!Convert.ToHexString(SHA256.HashData(content)).Equals(parts.Groups[1].Value, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add($"{manifest} has another digest than the file: {name}");
            }
        }

        problems.AddRange(
            Files
                .Keys.Where(name =>
                    name.StartsWith(Payload, StringComparison.Ordinal) == isPayload
                    && !name.StartsWith("tagmanifest-", StringComparison.Ordinal)
                )
                .Where(name => !named.Contains(name))
                .Select(name => $"{manifest} does not name {name}")
        );
        return problems;
    }

    [GeneratedRegex(@"\ABagIt-Version: 1\.0\r?\nTag-File-Character-Encoding: UTF-8\r?\n\z")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\A[^\s:][^:]*:\s+\S")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A([0-9a-fA-F]{64})[ \t]+\*?([^\r\n]+)\z")]
    private static partial Regex ManifestLine();

    [GeneratedRegex("%(0[DdAa]|25)")]
    private static partial Regex EncodedCharacter();
}
