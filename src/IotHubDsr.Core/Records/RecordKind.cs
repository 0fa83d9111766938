namespace IotHubDsr.Core.Records;

/// <summary>
/// What one kind of record in an export looks like. The columns of the table, the JSON Schema and the data dictionary all come from it,
/// so that none can say what the others do not. A sink declares the kinds that it writes.
/// </summary>
/// <param name="Name">Lower-case words with hyphens: the name of the schema's file.</param>
/// <param name="Meaning">What one record is, in plain words.</param>
/// <param name="Fields">Its members, in the order of the columns. A record has no others.</param>
internal sealed record RecordKind(string Name, string Meaning, IReadOnlyList<RecordField> Fields)
{
    /// <summary>What every record begins with.</summary>
    public static RecordField DeviceId { get; } =
        new("deviceId", FieldType.Text, "ID of the device that the record is about; it is case-sensitive.", "this export")
        {
            IsRequired = true,
        };

    /// <summary>How a record in a place that many devices share relates to its device.</summary>
    public static RecordField Attribution { get; } =
        new(
            "attribution",
            FieldType.Text,
            "Own: the device sent it, or it is about the device. Attributed: a gateway sent it and names the device. "
                + "Relayed: the device sent it for another. Mentioned: another sent it, and its body names the device.",
            "this export"
        )
        {
            IsRequired = true,
            Values = Enum.GetNames<MatchKind>(),
        };
}

/// <summary>A member of a record.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">What it holds if its writer followed the rules.</param>
/// <param name="Meaning">What it says, for a reader who does not know IoT Hub.</param>
/// <param name="Source">Who says so; null when it is who says the object around it.</param>
internal sealed record RecordField(string Name, FieldType Type, string Meaning, string? Source = null)
{
    /// <summary>Always there and never null. What others wrote may be missing.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Unit of a number.</summary>
    public string? Unit { get; init; }

    /// <summary>The values that a text can have; empty when it can have any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>
    /// Members that get columns of their own. An object that others wrote can have more than these; without any, the object stays whole.
    /// </summary>
    public IReadOnlyList<RecordField> Fields { get; init; } = [];
}

/// <summary>What a field holds.</summary>
internal enum FieldType
{
    Text,

    /// <summary>A point in time as text, ISO 8601 in UTC.</summary>
    Time,

    Integer,

    Boolean,

    Object,

    List,

    /// <summary>Any JSON value: what a device or an application chose to send.</summary>
    Any,
}
