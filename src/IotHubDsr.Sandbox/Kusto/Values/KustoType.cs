namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>
/// The scalar types. In memory a value is a bool, long (of int too), double, decimal, <see cref="DateTime"/>, <see cref="TimeSpan"/>,
/// <see cref="Guid"/>, string or, of dynamic, a <see cref="System.Text.Json.Nodes.JsonNode"/>; null is null, which a string never is.
/// </summary>
internal enum KustoType
{
    Bool,
    Int,
    Long,
    Real,
    Decimal,
    DateTime,
    TimeSpan,
    Guid,
    String,
    Dynamic,
}

internal static class KustoTypes
{
    /// <summary>The name of a type in a query, by any of its aliases.</summary>
    public static KustoType? Find(string name) =>
        name switch
        {
            "bool" or "boolean" => KustoType.Bool,
            "int" => KustoType.Int,
            "long" => KustoType.Long,
            "real" or "double" => KustoType.Real,
            "decimal" => KustoType.Decimal,
            "datetime" or "date" => KustoType.DateTime,
            "timespan" or "time" => KustoType.TimeSpan,
            "guid" => KustoType.Guid,
            "string" => KustoType.String,
            "dynamic" => KustoType.Dynamic,
            _ => null,
        };

    extension(KustoType type)
    {
        /// <summary>The name that answers give the type.</summary>
        public string Name => type.ToString().ToLowerInvariant();

        public string ClrName =>
            type switch
            {
                KustoType.Bool => "System.SByte",
                KustoType.Int => "System.Int32",
                KustoType.Long => "System.Int64",
                KustoType.Real => "System.Double",
                KustoType.Decimal => "System.Data.SqlTypes.SqlDecimal",
                KustoType.DateTime => "System.DateTime",
                KustoType.TimeSpan => "System.TimeSpan",
                KustoType.Guid => "System.Guid",
                KustoType.Dynamic => "System.Object",
                _ => "System.String",
            };

        public bool IsNumber => type is KustoType.Int or KustoType.Long or KustoType.Real or KustoType.Decimal;
    }
}
