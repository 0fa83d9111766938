namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>Access tiers of blobs, and for how long the service charges for what is stored in them at least.</summary>
internal static class StorageTiers
{
    public const string Hot = "Hot";
    public const string Archive = "Archive";

    /// <summary>Whether reading from a tier is charged by the GB.</summary>
    public static bool ChargesRetrieval(string tier) => LeastDays(tier) > 0;

    /// <summary>For how many days more a blob is charged for that is replaced or deleted now.</summary>
    /// <param name="tier">Its tier.</param>
    /// <param name="since">Since when it is in it; null where the service does not tell.</param>
    /// <param name="now">The time.</param>
    public static double DaysLeft(string tier, DateTimeOffset? since, DateTimeOffset now) =>
        since is null ? LeastDays(tier) : Math.Max(0, LeastDays(tier) - (now - since.Value).TotalDays);

    /// <summary>Days that are charged at least, by Microsoft's terms; 0 for a tier without such.</summary>
    private static int LeastDays(string tier) =>
        tier.ToUpperInvariant() switch
        {
            "COOL" => 30,
            "COLD" => 90,
            "ARCHIVE" => 180,
            _ => 0,
        };
}
