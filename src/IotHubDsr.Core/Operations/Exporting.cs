using System.Collections.Concurrent;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Packages;
using IotHubDsr.Core.Packages.Envelopes;
using IotHubDsr.Core.Reports;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>Copies what every location holds of the devices into one package, with an account for each device and location.</summary>
internal sealed class Exporting(
    HubConnection connection,
    IEvidenceStore? store,
    ExportOptions options,
    OperationEvents events,
    TimeProvider time
)
{
    private readonly ConcurrentBag<ExportCompleteness> _lines = [];

    /// <summary>What carries the units of shared locations to workers; null where all is copied in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.ProtectTo is { } recipient)
            CmsRecipient.Check(recipient, time.GetUtcNow());
        await using var package = PackageWriter.Create(options.Path, options.AsZip, options.ProtectTo);
        try
        {
            DataExport? export = await WriteAsync(package, cancellationToken);
            if (export is not null)
                await RecordAsync(export, cancellationToken);
            if (export is not null)
                await events.OutputAsync(export, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw package.Translate(exception);
        }
    }

    private async Task<DataExport?> WriteAsync(PackageWriter package, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<string> devices = await new Subjects(connection, options, events).OpenAsync(options.Scope, cancellationToken);
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken);
        await events.ReportAsync(locations.Faults, cancellationToken);

        var deviceIds = new List<string>();
        await foreach (string deviceId in devices)
            deviceIds.Add(deviceId);
        if (deviceIds.Count == 0)
            return null;
        StoredRequest? stored = options.RequestId is { } id ? await OpenRequest.ReadAsync(store!, id, cancellationToken) : null;
        DataRequest? registered = stored is null ? null : await RequestAsync(stored, deviceIds, cancellationToken);
        if (stored is not null && options.Scope.GenerationId is null)
            await RegisteredDevices.RequireSameAsync(store!, stored, connection.Hub, deviceIds, cancellationToken);

        var sinkOptions = new SinkOptions(options.ThrottleLimit)
        {
            Erasure = new ErasureOptions { IncludeRelayed = options.IncludeRelayed, Scope = options.Scope },
        };
        var reading = new LocationReading(locations, sinkOptions, events);
        await using DistributedReading? elsewhere = Engines is null
            ? null
            : await DistributedReading.OpenAsync(
                connection,
                Engines,
                DistributedReading.Describe(connection, deviceIds, sinkOptions.Erasure, noIndex: false, UnitRole.Export),
                cancellationToken
            );
        reading.Scheduler = elsewhere?.Scheduler ?? reading.Scheduler;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, elsewhere?.Lost ?? CancellationToken.None);
        await ExportAllAsync(locations, reading, deviceIds, package, ending.Token);

        List<ExportCompleteness> lines =
        [
            .. _lines.OrderBy(line => line.DeviceId, StringComparer.Ordinal).ThenBy(line => line.LocationId, StringComparer.Ordinal),
        ];
        foreach (string deviceId in Nowhere(locations, lines))
            await events.EmitAsync(new FaultEvent(FaultCatalogue.DeviceNotFound.For(deviceId)), cancellationToken);

        await OtherGenerations.WarnAsync(events, lines.Select(line => (line.DeviceId, line.OtherGenerationRecords)), cancellationToken);
        DataExport export = await CompleteAsync(package, locations, registered, deviceIds, lines, cancellationToken);
        if (elsewhere is not null)
            await DestroyAsync(elsewhere, cancellationToken);
        return export;
    }

    private async Task<DataExport> CompleteAsync(
        PackageWriter package,
        HubLocations locations,
        DataRequest? registered,
        IReadOnlyList<string> deviceIds,
        IReadOnlyList<ExportCompleteness> lines,
        CancellationToken cancellationToken
    )
    {
        DateTimeOffset now = time.GetUtcNow();
        var info = new BagInfo(
            options.Identifier ?? options.RequestId ?? $"urn:uuid:{Guid.NewGuid()}",
            PackageReadme.Title(connection.Context, deviceIds, options.Scope),
            now
        )
        {
            SourceOrganization = options.SourceOrganization,
            ContactName = options.ContactName,
            Salt = PlanSalt.Make(),
        };
        byte[] page = CompletenessPage.Write(connection.Context, deviceIds, options.Scope, lines, now);
        byte[] readme = PackageReadme.Write(connection.Context, deviceIds, options.Scope, lines, now);
        await package.WriteDataAsync("completeness.json", page, cancellationToken);
        using var report = new MemoryStream();
        HtmlReport.Write(ReportOf(info.Identifier, registered, locations, deviceIds, lines, now), report);
        await package.WriteDataAsync("report.html", report.ToArray(), cancellationToken);
        await package.WriteTagFileAsync("README.txt", readme, cancellationToken);
        await package.CompleteAsync(info, cancellationToken);
        return new DataExport
        {
            DeviceId = deviceIds,
            HubHostName = connection.Context.HubHostName,
            HubResourceId = connection.Context.ResourceId,
            Identifier = info.Identifier,
            Path = package.Path,
            Digest = package.Digest,
            Files = package.Files,
            Bytes = package.Bytes,
            Completeness = [.. lines.Select(line => line with { HubHostName = connection.Context.HubHostName })],
            CompletedAt = now,
        };
    }

    /// <summary>The request that the export answers; it must be about these devices of this hub.</summary>
    private async Task<DataRequest> RequestAsync(StoredRequest stored, List<string> deviceIds, CancellationToken cancellationToken)
    {
        DataRequest found = await new RequestView(store!, time).ReadAsync(stored, cancellationToken);
        string requestId = found.RequestId;
        if (found.IsAnonymised)
            throw FaultCatalogue.RequestAnonymised.Exception(requestId);
        if (!string.Equals(found.HubHostName, connection.Context.HubHostName, StringComparison.OrdinalIgnoreCase))
            throw FaultCatalogue.RequestForOtherHub.Exception(requestId, found.HubHostName, connection.Context.HubHostName);
        return deviceIds.Except(found.DeviceId, StringComparer.Ordinal).FirstOrDefault() is { } other
            ? throw FaultCatalogue.RequestForOtherDevices.Exception(requestId, $"'{other}' is not one of them")
            : found;
    }

    private async Task RecordAsync(DataExport export, CancellationToken cancellationToken)
    {
        if (options.RequestId is not { } requestId)
            return;
        try
        {
            await using OpenRequest open = await OpenRequest.OpenAsync(store!, requestId, TimeSpan.FromMinutes(1), time, cancellationToken);
            await open.Journal.AppendAsync(
                new Exported(export.Digest, export.Records, ScopeStatement.Of(options.Scope)),
                cancellationToken
            );
        }
        catch (DsrException notRecorded)
        {
            // The package is complete: it is returned, and the missing journal line is reported.
            await events.EmitAsync(new FaultEvent(notRecorded.Fault), cancellationToken);
        }
    }

    private ReportModel ReportOf(
        string identifier,
        DataRequest? registered,
        HubLocations locations,
        IReadOnlyList<string> deviceIds,
        IReadOnlyList<ExportCompleteness> lines,
        DateTimeOffset now
    )
    {
        DateTimeOffset received = registered?.ReceivedAt ?? now;
        return new ReportModel
        {
            RequestId = identifier,
            Kind = ReportKind.Access,
            HubHostName = connection.Context.HubHostName,
            ToolVersion = Tool.Version,
            WrittenAt = now,
            ReceivedAt = received,
            DueAt = DueDates.Due(received),
            Extension = registered?.ExtensionReason is { } reason ? new ReportExtension(registered.DueAt, reason) : null,
            Events = [new ReportEvent(now, "Data exported", Counted.Of(lines.Sum(line => line.Included), "record"))],
            Devices = deviceIds,
            Scope = options.Scope == RecordScope.All ? null : options.Scope.ToString(),
            Data = ReportData.FromExport([.. lines], locations.All),
            Evidence = new ReportEvidence(PlanDigest: null, JournalDigest: registered?.JournalDigest, Certificates: []),
        };
    }

    /// <summary>The devices of which every location that was read says that it holds nothing.</summary>
    private static IEnumerable<string> Nowhere(HubLocations locations, List<ExportCompleteness> lines)
    {
        var served = locations.All.Where(location => locations.SinkOf(location) is not null).Select(location => location.Id).ToHashSet();
        return lines
            .Where(line => served.Contains(line.LocationId))
            .GroupBy(line => line.DeviceId, StringComparer.Ordinal)
            .Where(device =>
                device.All(line => line is { Found: 0, Verdict: not (Verdict.Unreachable or Verdict.Unknown or Verdict.OwnerAction) })
            )
            .Select(device => device.Key);
    }

    private async Task ExportAllAsync(
        HubLocations locations,
        LocationReading reading,
        IReadOnlyList<string> deviceIds,
        PackageWriter package,
        CancellationToken cancellationToken
    )
    {
        foreach (DataLocation location in locations.All)
            await ExportAsync(locations.SinkOf(location), location, reading, deviceIds, package, cancellationToken);
    }

    /// <summary>What workers have copied goes when the package is there: until then, another export could take it.</summary>
    private async Task DestroyAsync(DistributedReading elsewhere, CancellationToken cancellationToken)
    {
        try
        {
            await elsewhere.DestroyAsync(cancellationToken);
        }
        catch (DsrException notDestroyed)
        {
            await events.EmitAsync(new FaultEvent(notDestroyed.Fault), cancellationToken);
        }
    }

    private async Task ExportAsync(
        Sink? sink,
        DataLocation location,
        LocationReading reading,
        IReadOnlyList<string> deviceIds,
        PackageWriter package,
        CancellationToken cancellationToken
    )
    {
        if (sink is null)
        {
            AddAll(deviceIds, location, location.Verdict ?? Verdict.Unknown, location.Advice);
            return;
        }

        if (sink.Export is not { } exporter)
        {
            foreach (DeviceDataFinding finding in await reading.FindAsync(location, deviceIds, cancellationToken))
                AddWithheld(finding);
            return;
        }

        if (!reading.IsNarrowable(location))
        {
            foreach (DeviceDataFinding finding in await reading.FindAsync(location, deviceIds, cancellationToken))
                Add(finding.DeviceId, location, finding.Verdict, finding.Detail);
            return;
        }

        try
        {
            SinkCall call = reading.CallFor(location);
            IReadOnlyList<ExportCompleteness> lines = await reading.Scheduler.RunAsync(
                exporter.Export(call, deviceIds, package.TargetFor(location)),
                new UnitOrder(UnitRole.Export, call, deviceIds),
                cancellationToken
            );
            foreach (ExportCompleteness line in lines)
                _lines.Add(line);
        }
        catch (Exception exception) when (exception is not ExportTargetException && !cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            AddAll(deviceIds, location, Verdict.Unreachable, fault.Message);
        }
    }

    /// <summary>What is found and cannot be copied is withheld.</summary>
    private void AddWithheld(DeviceDataFinding finding) =>
        _lines.Add(
            PerDevice.Line(finding.Location, finding.DeviceId, finding.Verdict) with
            {
                Found = finding.Verdict == Verdict.Unreachable ? null : finding.RecordCount,
                Withheld = finding.RecordCount,
                Ground = finding.Detail ?? (finding.RecordCount > 0 ? "This version does not export from here." : null),
            }
        );

    private void AddAll(IReadOnlyList<string> deviceIds, DataLocation location, Verdict verdict, string? ground)
    {
        foreach (string deviceId in deviceIds)
            Add(deviceId, location, verdict, ground);
    }

    private void Add(string deviceId, DataLocation location, Verdict verdict, string? ground) =>
        _lines.Add(
            new ExportCompleteness
            {
                DeviceId = deviceId,
                LocationId = location.Id,
                Kind = location.Kind,
                Place = location.Place,
                Verdict = verdict,
                Found = verdict == Verdict.Absent ? 0 : null,
                Unreachable = verdict == Verdict.Absent ? 0 : null,
                Ground = ground,
            }
        );
}
