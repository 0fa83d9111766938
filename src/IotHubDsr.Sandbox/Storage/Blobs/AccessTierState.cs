namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>The tier of a block blob, and the way back from the archive, which takes hours.</summary>
internal sealed record AccessTierState
{
    public const string Archive = "Archive";

    /// <summary>The longest that a standard-priority rehydration takes.</summary>
    public static readonly TimeSpan RehydrationTime = TimeSpan.FromHours(15);

    private static readonly string[] s_names = ["Hot", "Cool", "Cold", Archive];

    public string Name { get; init; } = "Hot";

    /// <summary>The blob was never given a tier and has the account's default.</summary>
    public bool Inferred { get; init; } = true;

    public DateTimeOffset? ChangedOn { get; init; }

    public string? RehydratesTo { get; init; }

    public static bool IsKnown(string name) => s_names.Contains(name, StringComparer.Ordinal);

    /// <summary>The state as of a moment: a rehydration that is due has happened.</summary>
    public AccessTierState At(DateTimeOffset now) =>
        RehydratesTo is { } target && ChangedOn + RehydrationTime <= now ? this with { Name = target, RehydratesTo = null } : this;

    public AccessTierState Set(string name, DateTimeOffset now) =>
        Name == Archive && name != Archive
            ? this with
            {
                RehydratesTo = name,
                ChangedOn = now,
            }
            : new()
            {
                Name = name,
                Inferred = false,
                ChangedOn = now,
            };
}
