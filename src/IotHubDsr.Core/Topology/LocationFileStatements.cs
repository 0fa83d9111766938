using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// What an entry of a <see cref="LocationFile"/> vouches for: <c>"dedicated": "ground"</c> for a container that is the hub's alone, and
/// <c>"exclude": [{ "prefix": "docs/", "ground": "…" }, { "name": "README.txt", "ground": "…" }]</c> for blobs that are no archives of
/// messages;
/// <c>"own": [{ "prefix": "moved/", "ground": "…" }]</c> for blobs that this hub wrote and whose names do not tell.
/// </summary>
internal static class LocationFileStatements
{
    public const string Dedicated = "dedicated";
    public const string Exclude = "exclude";
    public const string Own = "own";

    private const int LongestName = 1024;

    /// <summary>The kinds of place in which blobs can be vouched for one by one.</summary>
    public static string[] WithOwnBlobs(PlaceKinds kinds) =>
        [.. kinds.With(PlaceTraits.HasNameFormats), .. kinds.With(PlaceTraits.HasNamedBlobs)];

    /// <param name="kinds">The kinds of place.</param>
    /// <param name="kind">Kind of the entry.</param>
    /// <param name="dedicated">Text of its member <see cref="Dedicated"/>; null without one.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the entry.</param>
    public static IReadOnlyList<OperatorStatement> Read(
        PlaceKinds kinds,
        string? kind,
        string? dedicated,
        JsonElement entry,
        LocationProblem problem
    )
    {
        var statements = new List<OperatorStatement>();
        if (dedicated is not null)
        {
            Require(Dedicated, kind, kinds.With(PlaceTraits.MayBeDedicated), problem);
            statements.Add(new OperatorStatement(OperatorStatementKind.DedicatedContainer, Ground(dedicated, Dedicated, problem)));
        }

        AddBlobs(Exclude, OperatorStatementKind.ExcludedBlobs, kinds.With(PlaceTraits.MixesHubs));
        AddBlobs(Own, OperatorStatementKind.OwnBlobs, WithOwnBlobs(kinds));
        return statements;

        void AddBlobs(string member, OperatorStatementKind statement, string[] those)
        {
            if (entry.Prop(member) is not { } blobs)
                return;
            Require(member, kind, those, problem);
            if (blobs.ValueKind != JsonValueKind.Array)
                throw problem($"'{member}' is not a list.", member);
            statements.AddRange(blobs.EnumerateArray().Select(blob => OfBlobs(statement, member, blob, problem)));
        }
    }

    private static void Require(string member, string? kind, string[] kinds, LocationProblem problem)
    {
        if (!kinds.Contains(kind))
            throw problem($"'{member}' belongs to {(kinds.Length == 1 ? "the kind" : "the kinds")} {string.Join(", ", kinds)}.", member);
    }

    private static OperatorStatement OfBlobs(OperatorStatementKind kind, string member, JsonElement blob, LocationProblem problem)
    {
        Dictionary<string, string> texts = LocationFileEntry.Texts(blob, ["name", "prefix", "ground"], (text, _) => problem(text, member));
        string? name = texts.GetValueOrDefault("name"),
            prefix = texts.GetValueOrDefault("prefix");
        if ((name is null) == (prefix is null))
            throw problem($"an entry of '{member}' needs either 'name' or 'prefix'.", member);
        if ((name ?? prefix)!.Length is 0 or > LongestName)
            throw problem($"a blob name or prefix in '{member}' has 1 to {LongestName} characters.", member);
        return new OperatorStatement(kind, Ground(texts.GetValueOrDefault("ground"), member, problem))
        {
            BlobName = name ?? prefix,
            IsPrefix = name is null,
        };
    }

    private static string Ground(string? text, string member, LocationProblem problem) =>
        string.IsNullOrWhiteSpace(text)
            ? throw problem($"'{member}' needs a ground: why does it hold?", member)
            : LocationText.Ground(text);
}
