namespace IotHubDsr.Core.Archives.Avro;

internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Enum,
    Fixed,
    Array,
    Map,
    Union,
    Record,
}

internal sealed record AvroField(string Name, AvroType Type);

/// <summary>A type of a writer's schema, with named references resolved; recursive types refer to themselves.</summary>
internal sealed class AvroType(AvroKind kind)
{
    /// <summary>
    /// How deep values may nest: deeper than a writer of routed messages goes, shallower than the default limits of JSON readers. Data of a
    /// recursive type can nest as deep as it likes; the stack cannot.
    /// </summary>
    public const int MaxDepth = 60;

    public AvroKind Kind { get; } = kind;

    /// <summary>Bytes of a value of type fixed.</summary>
    public int Size { get; init; }

    /// <summary>Type of the items of an array, of the values of a map.</summary>
    public AvroType Element { get; init; } = Null;

    public IReadOnlyList<string> Symbols { get; init; } = [];

    public AvroType[] Branches { get; init; } = [];

    public AvroField[] Fields { get; private set; } = [];

    /// <summary>The fields that take bytes: skipping must not spend time on what is not there.</summary>
    public AvroType[] OccupiedFields { get; private set; } = [];

    /// <summary>Values of this type take no bytes at all, so any number of them does.</summary>
    public bool IsEmpty { get; private set; } = kind is AvroKind.Null;

    public static AvroType Null { get; } = new(AvroKind.Null);

    public static AvroType OfFixed(int size) => new(AvroKind.Fixed) { Size = size, IsEmpty = size == 0 };

    /// <summary>Fields come after the record exists, as they may refer to it.</summary>
    public void SetFields(AvroField[] fields)
    {
        Fields = fields;
        OccupiedFields = fields.Select(field => field.Type).Where(type => !type.IsEmpty).ToArray();
        IsEmpty = OccupiedFields.Length == 0;
    }
}
