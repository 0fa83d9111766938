namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What the configuration says of the ways to a location, as the journal writes it.</summary>
internal static class Inflows
{
    /// <summary>Messages arrive.</summary>
    public const string Open = "open";

    /// <summary>No route leads here any more.</summary>
    public const string Closed = "closed";

    /// <summary>Messages can wait in the hub for the location.</summary>
    public const string Queued = "queued";

    public static string Of(LocationInflow inflow) =>
        inflow switch
        {
            LocationInflow.Closed => Closed,
            LocationInflow.Queued => Queued,
            _ => Open,
        };
}
