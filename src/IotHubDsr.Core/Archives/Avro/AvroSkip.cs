namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Passes over values that nobody asked for.</summary>
internal static class AvroSkip
{
    public static void Value(ref AvroCursor cursor, AvroType type) => Value(ref cursor, type, AvroType.MaxDepth);

    private static void Value(ref AvroCursor cursor, AvroType type, int depth)
    {
        if (depth == 0)
            cursor.Fail("a value is nested too deeply");

        switch (type.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                cursor.Read(1);
                break;
            case AvroKind.Int or AvroKind.Long or AvroKind.Enum:
                cursor.ReadLong();
                break;
            case AvroKind.Float:
                cursor.Read(sizeof(float));
                break;
            case AvroKind.Double:
                cursor.Read(sizeof(double));
                break;
            case AvroKind.Fixed:
                cursor.Read(type.Size);
                break;
            case AvroKind.Bytes or AvroKind.String:
                cursor.ReadBytes();
                break;
            case AvroKind.Union:
                Value(ref cursor, cursor.ReadBranch(type), depth - 1);
                break;
            case AvroKind.Record:
                foreach (AvroType field in type.OccupiedFields)
                    Value(ref cursor, field, depth - 1);

                break;
            default:
                Items(ref cursor, type, depth);
                break;
        }
    }

    private static void Items(ref AvroCursor cursor, AvroType type, int depth)
    {
        long count;
        while ((count = cursor.ReadItemCount(out int end)) != 0)
        {
            if (type.Kind is AvroKind.Array && type.Element.IsEmpty)
            {
                // A count alone, of any size, takes no bytes and must take no time.
                count = 0;
            }

            for (; count > 0; count--)
            {
                if (type.Kind is AvroKind.Map)
                    cursor.ReadBytes();

                Value(ref cursor, type.Element, depth - 1);
            }

            cursor.EndItems(end);
        }
    }
}
