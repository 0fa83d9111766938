namespace IotHubDsr.Archives.Json;

/// <summary>The members of records that tell whose they are, or when they were made.</summary>
internal enum JsonField
{
    Other,

    // Routed messages.
    EnqueuedTimeUtc,
    Properties,
    SystemProperties,
    Body,

    // Event Grid's events.
    Subject,
    Data,

    // Azure Monitor's logs, and tables exported from a workspace.
    Time,
    LogProperties,
    LogDevice,
    Records,

    // What an event or a row of a log comes from.
    Source,
}

internal static class JsonFields
{
    public static bool IsRouted(JsonField field) => field is >= JsonField.EnqueuedTimeUtc and <= JsonField.Body;

    public static JsonField Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => name.SequenceEqual("Body"u8) ? JsonField.Body
            : name.SequenceEqual("data"u8) ? JsonField.Data
            : name.SequenceEqual("time"u8) ? JsonField.Time
            : JsonField.Other,
        5 => Is(name, "topic"u8, JsonField.Source),
        6 => Is(name, "source"u8, JsonField.Source),
        7 => name.SequenceEqual("subject"u8) ? JsonField.Subject
            : name.SequenceEqual("records"u8) ? JsonField.Records
            : JsonField.Other,
        8 => Is(name, "deviceId"u8, JsonField.LogDevice) | Is(name, "DeviceId"u8, JsonField.LogDevice),
        9 => Is(name, "eventTime"u8, JsonField.Time),
        10 => name.SequenceEqual("Properties"u8) ? JsonField.Properties
            : name.SequenceEqual("properties"u8) ? JsonField.LogProperties
            : Is(name, "deviceId_s"u8, JsonField.LogDevice) | Is(name, "resourceId"u8, JsonField.Source) | Is(name, "ResourceId"u8, JsonField.Source),
        11 => Is(name, "_ResourceId"u8, JsonField.Source),
        12 => Is(name, "properties_s"u8, JsonField.LogProperties),
        13 => Is(name, "TimeGenerated"u8, JsonField.Time),
        15 => Is(name, "EnqueuedTimeUtc"u8, JsonField.EnqueuedTimeUtc),
        16 => name.SequenceEqual("SystemProperties"u8) ? JsonField.SystemProperties
            : Is(name, "AdditionalFields"u8, JsonField.LogProperties),
        _ => JsonField.Other,
    };

    private static JsonField Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted, JsonField field)
        => name.SequenceEqual(wanted) ? field : JsonField.Other;
}
