namespace IotHubDsr.Sandbox.Cosmos;

/// <summary>What the owner of a Cosmos DB account chooses; every option can change while the account is in use.</summary>
/// <param name="ContinuousBackupDays">7 or 30 with continuous backup; 0 with periodic backup.</param>
/// <param name="HasAnalyticalStorage">Whether containers may have an analytical store.</param>
/// <param name="AllowsKeys">Whether requests may be signed with the account's keys.</param>
internal sealed record CosmosAccountOptions(int ContinuousBackupDays = 7, bool HasAnalyticalStorage = false, bool AllowsKeys = true)
{
    /// <summary>Of a periodic backup: how often one is made.</summary>
    public int BackupIntervalMinutes { get; init; } = 240;

    /// <summary>Of a periodic backup: how long one is kept.</summary>
    public int BackupRetentionHours { get; init; } = 8;
}
