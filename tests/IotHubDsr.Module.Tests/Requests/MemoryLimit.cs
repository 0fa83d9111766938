using System.Diagnostics;
using System.Globalization;

namespace IotHubDsr.Module.Tests.Requests;

/// <summary>
/// A hard limit on the memory of a process, as the sandbox of a runbook has it: a control group where this account may make one, which ends
/// the process that goes beyond; elsewhere a limit on what the process allocates, beyond which it is refused memory.
/// </summary>
internal sealed class MemoryLimit : IDisposable
{
    private readonly long _bytes;
    private readonly string? _group;

    private MemoryLimit(long bytes, string? group) => (_bytes, _group) = (bytes, group);

    /// <summary>The most that processes under the limit used at once; null where nobody counts it.</summary>
    public long? Peak => Read("memory.peak") ?? Read("memory.max_usage_in_bytes");

    public static MemoryLimit Of(int mebibytes)
    {
        long bytes = mebibytes * 1024L * 1024;
        foreach (
            (string root, string file) in (ReadOnlySpan<(string, string)>)
                [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")]
        )
        {
            string group = Path.Combine(root, $"iothubdsr-{Guid.NewGuid():N}");
            try
            {
                // A folder of control groups fills itself; where memory is not controlled, another folder would only look like one.
                Directory.CreateDirectory(group);
                if (File.Exists(Path.Combine(group, file)))
                {
                    File.WriteAllText(Path.Combine(group, file), bytes.ToString(CultureInfo.InvariantCulture));
                    return new MemoryLimit(bytes, group);
                }

                TryDelete(group);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Version 2 of control groups is not there, or belongs to somebody else.
                TryDelete(group);
            }
        }

        return new MemoryLimit(bytes, group: null);
    }

    /// <summary>The same process, under the limit.</summary>
    public ProcessStartInfo Apply(ProcessStartInfo start)
    {
        string[] command = [start.FileName, .. start.ArgumentList];
        start.ArgumentList.Clear();
        start.FileName = _group is null ? "prlimit" : "/bin/sh";
        string[] wrapper = _group is null ? [$"--data={_bytes}"] : ["-c", """echo $$ > "$0/cgroup.procs" && exec "$@" """, _group];
        foreach (string argument in (string[])[.. wrapper, .. command])
            start.ArgumentList.Add(argument);
        return start;
    }

    public void Dispose()
    {
        if (_group is not null)
            TryDelete(_group);
    }

    private long? Read(string file) =>
        _group is not null && Path.Combine(_group, file) is var path && File.Exists(path)
            ? long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture)
            : null;

    private static void TryDelete(string group)
    {
        try
        {
            Directory.Delete(group);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process that was just killed may still be counted in it.
        }
    }
}
