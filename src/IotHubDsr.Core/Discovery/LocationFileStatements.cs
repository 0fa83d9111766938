using System.Text.Json;

namespace IotHubDsr.Discovery;

/// <summary>
/// What an entry of a <see cref="LocationFile"/> vouches for: <c>"dedicated": "ground"</c> for a container that is the hub's alone, and
/// <c>"exclude": [{ "prefix": "docs/", "ground": "…" }, { "name": "README.txt", "ground": "…" }]</c> for blobs that are no archives of messages.
/// </summary>
internal static class LocationFileStatements
{
    public const string Dedicated = "dedicated";
    public const string Exclude = "exclude";

    private const int LongestName = 1024;

    private static readonly string[] DedicatedKinds = [LocationKinds.RoutedBlobContainer, LocationKinds.FileUploadContainer];

    /// <summary>Containers whose blobs are archives. Files that devices uploaded are data whatever is in them.</summary>
    private static readonly string[] ExcludeKinds = [LocationKinds.RoutedBlobContainer, LocationKinds.DeadLetterContainer, LocationKinds.LogArchive];

    /// <param name="kind">Kind of the entry.</param>
    /// <param name="dedicated">Text of its member <see cref="Dedicated"/>; null without one.</param>
    /// <param name="exclude">Its member <see cref="Exclude"/>; null without one.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the entry.</param>
    public static IReadOnlyList<OperatorStatement> Read(string? kind, string? dedicated, JsonElement? exclude, Func<string, DsrException> problem)
    {
        var statements = new List<OperatorStatement>();
        if (dedicated is not null)
        {
            if (!DedicatedKinds.Contains(kind))
                throw problem($"'{Dedicated}' belongs to the kinds {string.Join(", ", DedicatedKinds)}.");
            statements.Add(new OperatorStatement(OperatorStatementKind.DedicatedContainer, Ground(dedicated, Dedicated, problem)));
        }

        if (exclude is { } blobs)
        {
            if (!ExcludeKinds.Contains(kind))
                throw problem($"'{Exclude}' belongs to the kinds {string.Join(", ", ExcludeKinds)}.");
            if (blobs.ValueKind != JsonValueKind.Array)
                throw problem($"'{Exclude}' is not a list.");
            statements.AddRange(blobs.EnumerateArray().Select(blob => Excluded(blob, problem)));
        }

        return statements;
    }

    private static OperatorStatement Excluded(JsonElement blob, Func<string, DsrException> problem)
    {
        Dictionary<string, string> texts = LocationFileEntry.Texts(blob, ["name", "prefix", "ground"], problem);
        string? name = texts.GetValueOrDefault("name"), prefix = texts.GetValueOrDefault("prefix");
        if ((name is null) == (prefix is null))
            throw problem($"an entry of '{Exclude}' needs either 'name' or 'prefix'.");
        if ((name ?? prefix)!.Length is 0 or > LongestName)
            throw problem($"a blob name or prefix in '{Exclude}' has 1 to {LongestName} characters.");
        return new OperatorStatement(OperatorStatementKind.ExcludedBlobs, Ground(texts.GetValueOrDefault("ground"), Exclude, problem))
        {
            BlobName = name ?? prefix,
            IsPrefix = name is null,
        };
    }

    private static string Ground(string? text, string member, Func<string, DsrException> problem) => string.IsNullOrWhiteSpace(text)
        ? throw problem($"'{member}' needs a ground: why does it hold?")
        : LocationText.Ground(text);
}
