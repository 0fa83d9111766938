using System.Text.Json;

namespace IotHubDsr.Benchmarks;

/// <summary>One measured value and the bar it is held against.</summary>
/// <param name="Row">Stable name.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Unit of the value.</param>
/// <param name="Bar">The bar.</param>
/// <param name="AtMost">Whether the value must not be above the bar; otherwise not below it.</param>
internal sealed record BenchmarkRow(string Row, double Value, string Unit, double Bar, bool AtMost)
{
    public bool Met => AtMost ? Value <= Bar : Value >= Bar;

    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                row = Row,
                value = Math.Round(Value, 3),
                unit = Unit,
                bar = Bar,
                met = Met,
            }
        );
}
