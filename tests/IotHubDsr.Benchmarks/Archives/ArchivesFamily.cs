using System.Diagnostics;
using System.Globalization;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>
/// How fast archives are scanned, against peers and physical limits in the same process and on one core. The first argument is the
/// size of a file in MiB.
/// </summary>
internal sealed class ArchivesFamily : IBenchmarkFamily
{
    private const int DefaultMebibytes = 512;

    public string Name => "archives";

    public string Description => "scan and splice of Avro and JSON lines against Apache.Avro, Utf8JsonReader, inflate and a byte search";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int bytes = checked((arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultMebibytes) * 1024 * 1024);
        // The sandbox is another process, which must not be kept to the core of this one.
        await StorageRows.RunAsync(report);
        KeepToOneCore();
        await AvroRows.RunAsync(bytes, report);
        await DeflateRows.RunAsync(bytes, report);
        await JsonLinesRows.RunAsync(bytes, report);
        report(await AllocationRow.MeasureAsync());
    }

    private static void KeepToOneCore()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var process = Process.GetCurrentProcess();
            process.ProcessorAffinity = (nint)(1L << (Math.Min(Environment.ProcessorCount, 63) - 1));
        }
    }
}
