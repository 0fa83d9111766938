using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Reports;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>Writes the report of a request from its journal and, as long as its key stands, from the receipts of its last run.</summary>
internal sealed class ReportWriting(IEvidenceStore store, ReportOptions options, OperationEvents events, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        DataRequest found = await new RequestRegister(store, events, time).ReadAsync(options.RequestId, cancellationToken);
        var question = new ConfirmationEvent(
            $"{options.Path}, for request {options.RequestId} of {found.HubHostName}",
            "Write the report of a request"
        );
        if (!await events.AskAsync(question, cancellationToken))
            return;
        if (Path.Exists(options.Path))
            throw FaultCatalogue.FileNotWritten.Exception(options.Path, "it already exists.");
        ReportModel model = await StoreGuard.RunAsync(store, () => BuildAsync(cancellationToken));
        using var page = new MemoryStream();
        HtmlReport.Write(model, page);
        await PlanFile.SaveAsync(page.ToArray(), options.Path, FaultCatalogue.FileNotWritten, cancellationToken);
        await events.OutputAsync(new RequestReport(options.RequestId, options.Path, page.Length), cancellationToken);
    }

    private async Task<ReportModel> BuildAsync(CancellationToken cancellationToken)
    {
        (IEvidenceFolder folder, _, RequestState state, _) = await OpenRequest.ReadAsync(store, options.RequestId, cancellationToken);
        DataRequest view = await new RequestView(store, time).BuildAsync(folder, state, holder: null, cancellationToken);
        List<RunStarted> runs = [.. state.Milestones.Select(line => line.Event).OfType<RunStarted>()];
        return new ReportModel
        {
            RequestId = view.RequestId,
            Kind = ReportKind.Erasure,
            HubHostName = view.HubHostName,
            ToolVersion = Tool.Version,
            WrittenAt = time.GetUtcNow(),
            ReceivedAt = view.ReceivedAt,
            DueAt = DueDates.Due(view.ReceivedAt),
            Extension = state.Extension is null
                ? null
                : new ReportExtension(view.DueAt, view.ExtensionReason ?? "The reason is no longer known."),
            Events = [.. state.Milestones.Select(EventOf).OfType<ReportEvent>()],
            Devices = view.IsAnonymised ? state.Registration!.Subjects : view.DeviceId,
            Scope = view.Scope,
            Data = await DataAsync(folder, state, cancellationToken),
            Recipients = view
                .Locations.Where(static location => location.RequestedAt is not null || location.IsOwnerActionDone)
                .ToDictionary(
                    static location => location.LocationId,
                    static location => new ReportRecipient(
                        location.RequestedAt,
                        location.RequestFile is null ? null : EvidenceFiles.Recipient(location.LocationId),
                        location.RequestFileDigest,
                        location.IsOwnerActionDone,
                        location.OwnerActionAt,
                        location.OwnerActionNote
                    ),
                    StringComparer.Ordinal
                ),
            Holds = view.Holds,
            Evidence = new ReportEvidence(
                view.PlanDigest,
                view.JournalDigest,
                [.. view.Certificates.Select(one => new ReportCertificate(one.Name, one.Digest, one.IssuedAt, one.IsSigned))]
            ),
            Performer = runs.LastOrDefault(run => run.Kind != RunKinds.Verify)?.Performer.Name,
            Verifier = runs.LastOrDefault()?.Performer.Name,
        };
    }

    private static async Task<ReportData> DataAsync(IEvidenceFolder folder, RequestState state, CancellationToken cancellationToken)
    {
        if (await OutcomeFile.ReadLastAsync(folder, state, cancellationToken) is { } receipts)
            return ReportData.FromReceipts(receipts);

        // Without names: before the first outcome, and after the key was destroyed.
        return new ReportData(
            [
                .. state.Locations.Select(pair => new ReportLocation(
                    pair.Key,
                    pair.Value.Planned?.Kind ?? PlaceKinds.Unknown,
                    pair.Value.Planned?.Place ?? pair.Key,
                    Provenance: []
                )),
            ],
            [
                .. state.Locations.SelectMany(
                    pair => state.Registration!.Subjects,
                    (pair, subject) => RowOf(pair.Key, subject, pair.Value.Of(subject))
                ),
            ]
        );
    }

    private static ReportRow RowOf(string locationId, string subject, StepState step) =>
        new()
        {
            DeviceId = subject,
            LocationId = locationId,
            Outcome = new SubjectOutcome(
                step.Verdict ?? Verdict.Unknown,
                Planned: null,
                step.Verdict is null || step is { Remaining: null, Changes: 0 } ? null : step.Erased,
                step.Remaining,
                step.Until
            ),
        };

    private static string ToText(Exported exported) =>
        exported.Scope is null ? Counted.Of(exported.Records, "record") : $"{Counted.Of(exported.Records, "record")}; {exported.Scope}";

    private static ReportEvent? EventOf(JournalLine line) =>
        line.Event switch
        {
            Registered => new ReportEvent(line.At, "Registered"),
            Planned { ApprovedBy: { } approver } => new ReportEvent(line.At, "Plan bound", $"Approved by {approver.Name}"),
            Planned => new ReportEvent(line.At, "Plan bound"),
            RunStarted { Kind: RunKinds.Verify } run => new ReportEvent(line.At, "Read again", $"By {run.Performer.Name}"),
            RunStarted { Kind: RunKinds.Resume } run => new ReportEvent(line.At, "Erasure resumed", $"By {run.Performer.Name}"),
            RunStarted run => new ReportEvent(line.At, "Erasure began", $"By {run.Performer.Name}"),
            RunEnded { Outcome: RunOutcomes.Completed, Verdict: { } verdict } => new ReportEvent(
                line.At,
                "Run completed",
                $"Worst verdict: {verdict}"
            ),
            RunEnded { Outcome: RunOutcomes.Stopped } => new ReportEvent(line.At, "Run stopped"),
            RunEnded { Outcome: RunOutcomes.Failed } ended => new ReportEvent(line.At, "Run failed", ended.Fault),
            TicketTaken { IsUnconfirmed: true } given => new ReportEvent(line.At, "Erasure ordered from the service", given.Operation),
            TicketTaken taken => new ReportEvent(line.At, "Erasure accepted by the service", taken.Operation),
            TicketClosed { IsDone: true } done => new ReportEvent(line.At, "Erasure carried out by the service", done.Operation),
            TicketClosed failed => new ReportEvent(line.At, "Erasure not carried out by the service", failed.Operation),
            Certified certified => new ReportEvent(
                line.At,
                certified.IsSigned ? "Certificate signed" : "Certificate issued, not signed",
                certified.File
            ),
            Extended => new ReportEvent(line.At, "Time limit extended"),
            Held held => new ReportEvent(line.At, "Hold set", held.Location),
            Released released => new ReportEvent(line.At, "Hold released", released.Location),
            RecipientAsked asked => new ReportEvent(line.At, "Request for a recipient written", asked.Location),
            OwnerActed acted => new ReportEvent(line.At, "Owner's action recorded", acted.Location),
            Exported exported => new ReportEvent(line.At, "Data exported", ToText(exported)),
            Answered => new ReportEvent(line.At, "Answer noted"),
            Anonymised => new ReportEvent(line.At, "Key destroyed"),
            _ => null,
        };
}
