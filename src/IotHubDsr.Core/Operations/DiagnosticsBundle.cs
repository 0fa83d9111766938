using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// What a support case needs of requests, and nothing that names a person: the journals, in which devices are keyed hashes, without the
/// names of those who worked on them, and the versions of everything.
/// </summary>
internal sealed class DiagnosticsBundle : IDisposable
{
    private const string LeftOut = "(left out)";

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly MemoryStream _content = new();
    private readonly ZipArchive _zip;
    private int _requests;

    public DiagnosticsBundle(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _zip = new ZipArchive(_content, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Adds a request; a journal that is broken is added as far as it holds, with what is wrong.</summary>
    public void Add(string requestId, DataRequest? view, byte[] journal)
    {
        _requests++;
        var lines = new StringBuilder();
        string? defect = null;
        try
        {
            JournalHead before = JournalHead.Start;
            foreach ((JournalLine line, JournalHead head) in JournalLine.Read(requestId, journal))
            {
                (byte[] text, _) = (line with { Event = WithoutNames(line.Event) }).Write(before);
                lines.Append(Encoding.UTF8.GetString(text));
                before = head;
            }
        }
        catch (DsrException broken)
        {
            defect = broken.Message;
        }

        Write($"requests/{requestId}/journal.jsonl", Encoding.UTF8.GetBytes(lines.ToString()));
        Write(
            $"requests/{requestId}/state.json",
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    requestId,
                    defect,
                    status = view?.Status.ToString(),
                    verdict = view?.Verdict?.ToString(),
                    devices = view?.Devices,
                    receivedAt = view?.ReceivedAt,
                    dueAt = view?.DueAt,
                    nextAction = view?.NextAction,
                    locations = view?.Locations.Select(location => new
                    {
                        location.LocationId,
                        location.Kind,
                        verdict = location.Verdict?.ToString(),
                        location.RecordsPlanned,
                        location.RecordsErased,
                        location.RecordsRemaining,
                        location.Until,
                    }),
                }
            )
        );
    }

    /// <summary>Saves the bundle.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        Write(
            "about.json",
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    tool = Tool.Version,
                    createdAt = _time.GetUtcNow(),
                    runtime = RuntimeInformation.FrameworkDescription,
                    operatingSystem = RuntimeInformation.OSDescription,
                    architecture = RuntimeInformation.ProcessArchitecture.ToString(),
                    requests = _requests,
                    note = "Each journal line carries the hash of the original line before it; names of people were replaced, so that "
                        + "the lines here no longer hash to it.",
                }
            )
        );
        _zip.Dispose();
        await PlanFile.SaveAsync(_content.ToArray(), _path, FaultCatalogue.FileNotWritten, cancellationToken);
    }

    public void Dispose()
    {
        _zip.Dispose();
        _content.Dispose();
    }

    private static JournalEvent WithoutNames(JournalEvent next) =>
        next switch
        {
            RunStarted started => started with { Performer = new Party(LeftOut) },
            Planned { ApprovedBy: not null } planned => planned with { ApprovedBy = new Party(LeftOut) },
            _ => next,
        };

    private void Write(string name, byte[] content)
    {
        using Stream entry = _zip.CreateEntry(name, CompressionLevel.Optimal).Open();
        entry.Write(content);
    }
}
