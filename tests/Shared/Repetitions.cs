using System.Globalization;

namespace IotHubDsr.Tests;

/// <summary>How often tests that try something at random do so.</summary>
internal static class Repetitions
{
    /// <summary>The environment variable that says how many times as often as usual.</summary>
    private const string Variable = "IOTHUBDSR_REPETITIONS";

    private static readonly int Factor = int.TryParse(
        Environment.GetEnvironmentVariable(Variable),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out int factor
    )
        ? Math.Max(1, factor)
        : 1;

    /// <param name="usual">How often without the variable.</param>
    public static int Of(int usual) => usual * Factor;
}
