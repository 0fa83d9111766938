namespace IotHubDsr.Core.Sinks;

/// <summary>
/// What is said of a device's records in a place that many devices share: the same words for every kind of place. Parts of a sentence have
/// no full stop, and are null where there is nothing to say.
/// </summary>
internal static class RecordRemarks
{
    /// <summary>Why records are not in an export; more may follow.</summary>
    public const string Withheld =
        "Records that the device relayed as a gateway for other devices are those devices' data, and those that only name it can be "
        + "other people's. ";

    public static string? OtherGenerations(long records) =>
        records == 0
            ? null
            : $"{Counted.Of(records, "record")} {(records == 1 ? "was" : "were")} sent under another generation ID: the device ID "
                + "was deleted and created again, possibly for another person; -GenerationId distinguishes the devices";

    public static string? Relayed(long records) =>
        records == 0
            ? null
            : $"{Counted.Of(records, "record")} {(records == 1 ? "was" : "were")} relayed by this device for other "
                + $"devices and {(records == 1 ? "counts" : "count")} as theirs";

    public static string? Mentioned(long records) =>
        records == 0
            ? null
            : $"{Counted.Of(records, "record")} of other senders {(records == 1 ? "names" : "name")} the device only "
                + "in the body and can be other people's";

    /// <summary>Records that do no more than name the device, where they were not asked for.</summary>
    public static string? OnlyMentioned(long records) =>
        records == 0
            ? null
            : $"{Counted.Of(records, "record")} of others {(records == 1 ? "names" : "name")} the device together "
                + "with another or in an operator's query, which -IncludeMentioned treats as the device's: the hub's operator decides";

    /// <summary>Records that can be another hub's, which are not counted elsewhere.</summary>
    /// <param name="records">How many.</param>
    /// <param name="location">Where they are.</param>
    public static string? OfUnknownHub(long records, DataLocation location) =>
        records == 0
            ? null
            : $"{HubSharing.GroundOf(location) ?? "Others than this hub can write to the place"}, and {Counted.Of(records, "record")} "
                + $"of the device ID {(records == 1 ? "tells" : "tell")} neither this hub nor the generation of its registered device: "
                + $"{(records == 1 ? "it can be another hub's and is" : "they can be another hub's and are")} neither erased nor exported; "
                + $"the person responsible for {location.Place} must find out whose {(records == 1 ? "it is" : "they are")}"
                + (HubSharing.GroundOf(location) is null ? string.Empty : $"; if no other hub uses the place, {HubSharing.Remedy}");

    /// <summary>The parts as one sentence; null if there are none.</summary>
    public static string? Sentence(IEnumerable<string?> parts)
    {
        string text = string.Join("; ", parts.OfType<string>());
        return text.Length == 0 ? null : $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
