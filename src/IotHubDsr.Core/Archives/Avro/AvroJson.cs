using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Writes Avro values as plain JSON: bytes as base64, unions as their value, numbers that JSON lacks as text.</summary>
internal static class AvroJson
{
    public static void Write(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer) =>
        Write(ref cursor, type, writer, AvroType.MaxDepth);

    public static void WriteText(ReadOnlySpan<byte> utf8, Utf8JsonWriter writer)
    {
        if (Utf8.IsValid(utf8))
            writer.WriteStringValue(utf8);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(utf8));
    }

    private static void Write(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer, int depth)
    {
        if (depth == 0)
            cursor.Fail("a value is nested too deeply");

        switch (type.Kind)
        {
            case AvroKind.Null:
                writer.WriteNullValue();
                break;
            case AvroKind.Boolean:
                writer.WriteBooleanValue(cursor.Read(1)[0] != 0);
                break;
            case AvroKind.Int or AvroKind.Long:
                writer.WriteNumberValue(cursor.ReadLong());
                break;
            case AvroKind.Float:
                WriteNumber(BitConverter.ToSingle(cursor.Read(sizeof(float))), writer);
                break;
            case AvroKind.Double:
                WriteNumber(BitConverter.ToDouble(cursor.Read(sizeof(double))), writer);
                break;
            case AvroKind.String:
                WriteText(cursor.ReadBytes(), writer);
                break;
            case AvroKind.Bytes:
                writer.WriteBase64StringValue(cursor.ReadBytes());
                break;
            case AvroKind.Fixed:
                writer.WriteBase64StringValue(cursor.Read(type.Size));
                break;
            case AvroKind.Enum:
                WriteSymbol(ref cursor, type, writer);
                break;
            case AvroKind.Union:
                Write(ref cursor, cursor.ReadBranch(type), writer, depth - 1);
                break;
            case AvroKind.Record:
                writer.WriteStartObject();
                foreach (AvroField field in type.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(ref cursor, field.Type, writer, depth - 1);
                }

                writer.WriteEndObject();
                break;
            case AvroKind.Map:
                WriteMap(ref cursor, type, writer, depth);
                break;
            default:
                WriteArray(ref cursor, type, writer, depth);
                break;
        }
    }

    private static void WriteMap(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject();
        long count;
        while ((count = cursor.ReadItemCount(out int end)) != 0)
        {
            for (; count > 0; count--)
            {
                writer.WritePropertyName(Encoding.UTF8.GetString(cursor.ReadBytes()));
                Write(ref cursor, type.Element, writer, depth - 1);
            }

            cursor.EndItems(end);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartArray();
        long count;
        while ((count = cursor.ReadItemCount(out int end)) != 0)
        {
            // Items that take no bytes are bounded by nothing in the file; their number would be all there is to tell.
            for (count = type.Element.IsEmpty ? 0 : count; count > 0; count--)
                Write(ref cursor, type.Element, writer, depth - 1);

            cursor.EndItems(end);
        }

        writer.WriteEndArray();
    }

    private static void WriteSymbol(ref AvroCursor cursor, AvroType type, Utf8JsonWriter writer)
    {
        long index = cursor.ReadLong();
        if ((ulong)index >= (ulong)type.Symbols.Count)
            cursor.Fail("an enum has no such symbol");

        writer.WriteStringValue(type.Symbols[(int)index]);
    }

    private static void WriteNumber(double value, Utf8JsonWriter writer)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
