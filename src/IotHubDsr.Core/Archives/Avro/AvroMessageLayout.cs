using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Avro;

internal enum MessagePart
{
    Other,
    EnqueuedTimeUtc,
    Properties,
    SystemProperties,
    Body,
}

/// <summary>
/// A file's schema compiled to the steps that walk one record: which field holds what matters, in whatever order, and what to
/// skip between. Every value ahead of a field has to be walked, as Avro keeps no offsets.
/// </summary>
internal sealed class AvroMessageLayout
{
    private AvroMessageLayout(AvroType record, MessagePart[] parts)
    {
        Record = record;
        Parts = parts;
        IsCapture = record.Fields.Any(field => field.Name is "SequenceNumber") && record.Fields.Any(field => field.Name is "Offset");
        FastWalk = IsCapture ? null : AvroFastWalk.TryCompile(record, parts);
    }

    public AvroType Record { get; }

    /// <summary>What each field of the record is.</summary>
    public MessagePart[] Parts { get; }

    /// <summary>
    /// Whether Event Hubs Capture wrote the file. In which of its two maps the hub's annotations lie is not documented: both are read.
    /// </summary>
    public bool IsCapture { get; }

    /// <summary>A quicker walk for most records, if the schema allows one.</summary>
    public AvroFastWalk? FastWalk { get; }

    /// <exception cref="InvalidDataException">Records of this schema are not routed messages.</exception>
    public static AvroMessageLayout Compile(AvroType type)
    {
        MessagePart[] parts = Array.ConvertAll(type.Fields, PartOf);
        return parts.Count(part => part is not MessagePart.Other) == Enum.GetValues<MessagePart>().Length - 1
            ? new AvroMessageLayout(type, parts)
            : throw new InvalidDataException(
                "it is not a record with EnqueuedTimeUtc (text), Properties and SystemProperties (maps of text) and Body (bytes)"
            );
    }

    /// <summary>Walks one record to its end and shows the matcher the devices it names.</summary>
    public void Walk(ref AvroCursor cursor, RecordMatcher matcher, BodyTexts? bodies)
    {
        AvroField[] fields = Record.Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            AvroType type = fields[i].Type;
            switch (Parts[i])
            {
                case MessagePart.Properties:
                case MessagePart.SystemProperties:
                    WalkProperties(ref cursor, type, Parts[i], matcher);
                    break;
                case MessagePart.Body when bodies is not null:
                    if (TryEnter(ref cursor, type, AvroKind.Bytes, out _))
                        bodies.Read(cursor.ReadBytes());

                    break;
                default:
                    AvroSkip.Value(ref cursor, type);
                    break;
            }
        }
    }

    /// <summary>Reads a union's branch, where there is one. False, with the value skipped, if it is not of the wanted kind.</summary>
    public static bool TryEnter(ref AvroCursor cursor, AvroType type, AvroKind wanted, out AvroType entered)
    {
        entered = type.Kind is AvroKind.Union ? cursor.ReadBranch(type) : type;
        if (entered.Kind == wanted)
            return true;

        AvroSkip.Value(ref cursor, entered);
        return false;
    }

    /// <summary>
    /// Reads the union's branch ahead of a text, also of one that was written as bytes. False, with the value skipped, if it is something
    /// else.
    /// </summary>
    public static bool TryEnterText(ref AvroCursor cursor, AvroType type, out bool isNull)
    {
        AvroType entered = type.Kind is AvroKind.Union ? cursor.ReadBranch(type) : type;
        isNull = entered.Kind is AvroKind.Null;
        if (entered.Kind is AvroKind.String or AvroKind.Bytes)
            return true;

        AvroSkip.Value(ref cursor, entered);
        return false;
    }

    private void AddProperty(MessagePart part, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordMatcher matcher)
    {
        matcher.AddProperty(part is MessagePart.SystemProperties, key, value);
        if (IsCapture && part is MessagePart.Properties && RecordMatcher.NamesSenderAnnotation(key))
        {
            // Here the hub's annotation may lie, too; but a sender can set a property of its name.
            matcher.AddSender(value, SenderSource.Property);
        }
    }

    private void WalkProperties(ref AvroCursor cursor, AvroType type, MessagePart part, RecordMatcher matcher)
    {
        if (!TryEnter(ref cursor, type, AvroKind.Map, out AvroType? map))
            return;

        long count;
        while ((count = cursor.ReadItemCount(out int end)) != 0)
        {
            for (; count > 0; count--)
            {
                ReadOnlySpan<byte> key = cursor.ReadBytes();
                if (TryEnterText(ref cursor, map.Element, out bool isNull))
                    AddProperty(part, key, cursor.ReadBytes(), matcher);
                else if (!isNull && part is MessagePart.SystemProperties && RecordMatcher.NamesSender(key))
                    matcher.AddUnreadableSender();
            }

            cursor.EndItems(end);
        }
    }

    private static MessagePart PartOf(AvroField field) =>
        field.Name switch
        {
            "EnqueuedTimeUtc" when Holds(field.Type, AvroKind.String) => MessagePart.EnqueuedTimeUtc,
            "Properties" when HoldsTexts(field.Type) => MessagePart.Properties,
            "SystemProperties" when HoldsTexts(field.Type) => MessagePart.SystemProperties,
            "Body" when Holds(field.Type, AvroKind.Bytes) => MessagePart.Body,
            _ => MessagePart.Other,
        };

    private static bool HoldsTexts(AvroType type) =>
        BranchesOf(type)
            .Any(branch =>
                branch.Kind is AvroKind.Map && (Holds(branch.Element, AvroKind.String) || Holds(branch.Element, AvroKind.Bytes))
            );

    private static bool Holds(AvroType type, AvroKind kind) => BranchesOf(type).Any(branch => branch.Kind == kind);

    private static AvroType[] BranchesOf(AvroType type) => type.Kind is AvroKind.Union ? type.Branches : [type];
}
