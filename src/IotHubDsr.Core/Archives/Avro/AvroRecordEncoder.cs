using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Tells a matched record's time, and writes it as IoT Hub's JSON encoding would.</summary>
internal sealed class AvroRecordEncoder(AvroMessageLayout layout) : IRecordEncoder
{
    public RecordFacts FactsOf(ReadOnlySpan<byte> record)
    {
        MessageFacts facts = Read(record);
        ReadOnlySpan<byte> generation = facts.Generation.IsEmpty && !facts.HasSystemSender ? facts.CapturedGeneration : facts.Generation;
        return new RecordFacts(EnqueuedTime.Parse(facts.EnqueuedTimeUtc) ?? EnqueuedTime.Parse(facts.SystemEnqueuedTime), generation);
    }

    public void WriteJson(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        bool embedBody = Read(record).BodyIsJson;
        var cursor = new AvroCursor(record, 0, inflated: false);
        writer.WriteStartObject();
        for (int i = 0; i < layout.Parts.Length; i++)
        {
            AvroField field = layout.Record.Fields[i];
            writer.WritePropertyName(field.Name);
            if (layout.Parts[i] is MessagePart.Body && embedBody)
                WriteBody(ref cursor, field.Type, writer);
            else
                AvroJson.Write(ref cursor, field.Type, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteBody(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer)
    {
        AvroType branch = type.Kind is AvroKind.Union ? cursor.ReadBranch(type) : type;
        if (branch.Kind is not AvroKind.Bytes)
        {
            AvroJson.Write(ref cursor, branch, writer);
            return;
        }

        ReadOnlySpan<byte> body = cursor.ReadBytes();
        if (!EmbeddedJson.TryWrite(body, writer))
            writer.WriteBase64StringValue(body);
    }

    private MessageFacts Read(ReadOnlySpan<byte> record)
    {
        var facts = default(MessageFacts);
        var cursor = new AvroCursor(record, 0, inflated: false);
        for (int i = 0; i < layout.Parts.Length; i++)
        {
            AvroType type = layout.Record.Fields[i].Type;
            switch (layout.Parts[i])
            {
                case MessagePart.EnqueuedTimeUtc when AvroMessageLayout.TryEnter(ref cursor, type, AvroKind.String, out _):
                    facts.EnqueuedTimeUtc = cursor.ReadBytes();
                    break;
                case MessagePart.SystemProperties when AvroMessageLayout.TryEnter(ref cursor, type, AvroKind.Map, out AvroType? map):
                    ReadProperties(ref cursor, map, system: true, ref facts);
                    break;
                case MessagePart.Properties
                    when layout.IsCapture && AvroMessageLayout.TryEnter(ref cursor, type, AvroKind.Map, out AvroType? map):
                    ReadProperties(ref cursor, map, system: false, ref facts);
                    break;
                case MessagePart.EnqueuedTimeUtc or MessagePart.SystemProperties:
                case MessagePart.Properties when layout.IsCapture:
                    break;
                default:
                    AvroSkip.Value(ref cursor, type);
                    break;
            }
        }

        return facts;
    }

    private static void ReadProperties(ref AvroCursor cursor, AvroType map, bool system, ref MessageFacts facts)
    {
        long count;
        while ((count = cursor.ReadItemCount(out _)) != 0)
        {
            for (; count > 0; count--)
            {
                ReadOnlySpan<byte> key = cursor.ReadBytes();
                if (!AvroMessageLayout.TryEnterText(ref cursor, map.Element, out _))
                    continue;

                ReadOnlySpan<byte> value = cursor.ReadBytes();
                if (system)
                    facts.Note(key, value);
                else if (RecordMatcher.NamesGenerationAnnotation(key))
                    facts.CapturedGeneration = value;
            }
        }
    }

    private ref struct MessageFacts
    {
        public ReadOnlySpan<byte> EnqueuedTimeUtc;
        public ReadOnlySpan<byte> SystemEnqueuedTime;
        public ReadOnlySpan<byte> ContentType;
        public ReadOnlySpan<byte> ContentEncoding;
        public ReadOnlySpan<byte> Generation;
        public ReadOnlySpan<byte> CapturedGeneration;
        public bool HasSystemSender;

        // The hub's own rule for embedding a body in its JSON encoding; every other body is base64.
        public readonly bool BodyIsJson =>
            Ascii.EqualsIgnoreCase(ContentType, "application/json"u8) && Ascii.EqualsIgnoreCase(ContentEncoding, "utf-8"u8);

        public void Note(ReadOnlySpan<byte> systemProperty, ReadOnlySpan<byte> value)
        {
            if (RecordMatcher.NamesEnqueuedTime(systemProperty))
                SystemEnqueuedTime = value;
            else if (RecordMatcher.NamesGeneration(systemProperty))
                Generation = value;
            else if (RecordMatcher.NamesSender(systemProperty))
                HasSystemSender |= !value.IsEmpty;
            else if (systemProperty.SequenceEqual("contentType"u8) || systemProperty.SequenceEqual("content-type"u8))
                ContentType = value;
            else if (systemProperty.SequenceEqual("contentEncoding"u8) || systemProperty.SequenceEqual("content-encoding"u8))
                ContentEncoding = value;
        }
    }
}
