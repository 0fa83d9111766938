using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>
/// What keeps documents that have been deleted: the backup of the account, of which every account has one, and the analytical store.
/// </summary>
internal sealed record DocumentCopies
{
    /// <summary>No backup reaches further back than this.</summary>
    private static readonly TimeSpan LongestBackup = TimeSpan.FromDays(30);

    /// <summary>How long the analytical store may take to follow.</summary>
    private static readonly TimeSpan AnalyticalDelay = TimeSpan.FromMinutes(5);

    /// <summary>How long a deleted document can be restored.</summary>
    public required TimeSpan Backup { get; init; }

    /// <summary>The kind of backup, in words.</summary>
    public required string BackupName { get; init; }

    public bool HasAnalyticalStore { get; init; }

    /// <summary>
    /// Why documents whose time to live has ended can be in the analytical store, which nobody reads here, without a full stop; null when
    /// they cannot.
    /// </summary>
    public string? Outliving { get; init; }

    /// <summary>Whether documents leave by themselves, and stay in the backup.</summary>
    public bool KeepsWhatExpires { get; init; }

    /// <summary>What is said where documents are, or were, without a full stop.</summary>
    public string Remark =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{BackupName} keeps deleted {(KeepsWhatExpires ? "and expired " : string.Empty)}documents for "
                + $"{(Backup.TotalDays >= 2 ? Backup.TotalDays : Backup.TotalHours):0.#} {(Backup.TotalDays >= 2 ? "days" : "hours")}"
        )
        + (
            HasAnalyticalStore
                ? ", and the analytical store follows a deletion within minutes, but keeps the names of the documents' members"
                : ""
        );

    /// <summary>When the last copy is gone of what was deleted at a time.</summary>
    public DateTimeOffset EndOf(DateTimeOffset deleted) =>
        deleted + (HasAnalyticalStore && Backup < AnalyticalDelay ? AnalyticalDelay : Backup);

    /// <param name="account">The account as Azure Resource Manager describes it; null when its resource ID is not known.</param>
    /// <param name="container">The container as its service describes it.</param>
    public static DocumentCopies Read(JsonElement? account, JsonElement container)
    {
        (TimeSpan backup, string name) = BackupOf(account.Prop("properties").Prop("backupPolicy"));
        long? analytical = ((JsonElement?)container).Number("analyticalStorageTtl");
        long? live = ((JsonElement?)container).Number("defaultTtl");
        bool hasStore = analytical is -1 or > 0;
        return new DocumentCopies
        {
            Backup = backup,
            BackupName = name,
            HasAnalyticalStore = hasStore,
            KeepsWhatExpires = live is not null,
            Outliving =
                !hasStore || live is null || (live > 0 && analytical > 0 && analytical <= live) ? null
                : analytical == -1
                    ? "documents whose time to live has ended stay in the analytical store for ever: its owner has to set one there"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"documents whose time to live has ended stay in the analytical store for {analytical:N0} seconds from their writing"
                ) + ": its owner has to look there",
        };
    }

    private static (TimeSpan Backup, string Name) BackupOf(JsonElement? policy)
    {
        if (policy.Text("type") is { } type && type.Equals("Continuous", StringComparison.OrdinalIgnoreCase))
        {
            bool isShort = "Continuous7Days".Equals(
                policy.Prop("continuousModeProperties").Text("tier"),
                StringComparison.OrdinalIgnoreCase
            );
            return (isShort ? TimeSpan.FromDays(7) : LongestBackup, "the account's continuous backup");
        }

        return policy.Prop("periodicModeProperties").Number("backupRetentionIntervalInHours") is > 0 and <= 720 and var hours
            ? (TimeSpan.FromHours((double)hours), "the account's periodic backup")
            : (LongestBackup, "the account's backup, of which the kind is not known,");
    }
}
