namespace IotHubDsr.Benchmarks.Jobs;

internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}

internal static class Require
{
    /// <summary>Ends a measurement that measured something else.</summary>
    public static void That(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
