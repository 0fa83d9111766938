using System.Text;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>The members of records that tell whose they are, or when they were made.</summary>
internal enum JsonField
{
    Other,

    // Routed messages.
    EnqueuedTimeUtc,
    Properties,
    SystemProperties,
    Body,

    // Messages that Stream Analytics passed on: what the hub noted stands apart from what was sent.
    IotHub,

    // Event Grid's events.
    Subject,
    Data,
    EventType,

    // Azure Monitor's logs, and tables exported from a workspace.
    Time,
    LogProperties,
    LogColumns,
    LogDevice,
    LogResource,
    Records,

    // What an event comes from.
    Source,
}

internal static class JsonFields
{
    public static bool IsRouted(JsonField field) => field is >= JsonField.EnqueuedTimeUtc and <= JsonField.Body;

    public static JsonField Of(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            4 => name.SequenceEqual("Body"u8) || name.SequenceEqual("body"u8) ? JsonField.Body
            : name.SequenceEqual("data"u8) ? JsonField.Data
            : name.SequenceEqual("time"u8) ? JsonField.Time
            : Is(name, "type"u8, JsonField.EventType),
            5 => Is(name, "topic"u8, JsonField.Source),
            6 => name.SequenceEqual("source"u8) ? JsonField.Source : IsLike(name, "IoTHub"u8, JsonField.IotHub),
            7 => name.SequenceEqual("subject"u8) ? JsonField.Subject
            : name.SequenceEqual("records"u8) ? JsonField.Records
            : JsonField.Other,
            8 => Is(name, "deviceId"u8, JsonField.LogDevice) | Is(name, "DeviceId"u8, JsonField.LogDevice),
            9 => name.SequenceEqual("eventTime"u8) ? JsonField.Time : Is(name, "eventType"u8, JsonField.EventType),
            10 => name.SequenceEqual("Properties"u8) ? JsonField.Properties
            : name.SequenceEqual("properties"u8) ? JsonField.LogProperties
            : Is(name, "deviceId_s"u8, JsonField.LogDevice) | IsLike(name, "resourceId"u8, JsonField.LogResource),
            11 => IsLike(name, "_ResourceId"u8, JsonField.LogResource),
            12 => Is(name, "properties_s"u8, JsonField.LogColumns) | Is(name, "enqueuedTime"u8, JsonField.EnqueuedTimeUtc),
            13 => Is(name, "TimeGenerated"u8, JsonField.Time),
            15 => IsLike(name, "EnqueuedTimeUtc"u8, JsonField.EnqueuedTimeUtc),
            16 => Ascii.EqualsIgnoreCase(name, "SystemProperties"u8)
                ? JsonField.SystemProperties
                : Is(name, "AdditionalFields"u8, JsonField.LogColumns),
            18 or 27 => RecordMatcher.NamesSender(name) ? JsonField.LogDevice : JsonField.Other,
            _ => JsonField.Other,
        };

    private static JsonField Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted, JsonField field) =>
        name.SequenceEqual(wanted) ? field : JsonField.Other;

    /// <summary>In any case: writers other than the hub have naming policies of their own.</summary>
    private static JsonField IsLike(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted, JsonField field) =>
        Ascii.EqualsIgnoreCase(name, wanted) ? field : JsonField.Other;
}
