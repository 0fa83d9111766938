namespace IotHubDsr.Sandbox.Logs.Tables;

/// <summary>A row, seen from when it was received on, with its values by column; a column without a value is not in them.</summary>
internal sealed record LogRow(string Id, DateTimeOffset Generated, DateTimeOffset Received, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>When a purge or a deletion takes it away.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    /// <summary>Its size for billing.</summary>
    public double BilledSize => Values.Sum(value => Kusto.Values.KustoText.Of(value.Value).Length);
}
