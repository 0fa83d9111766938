using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>A request as its store holds it.</summary>
/// <param name="Folder">Its files.</param>
/// <param name="Files">Their names.</param>
/// <param name="State">What its journal says.</param>
/// <param name="Journal">Its journal.</param>
internal sealed record StoredRequest(IEvidenceFolder Folder, IReadOnlyList<string> Files, RequestState State, JournalContent Journal)
{
    /// <summary>Reads a request, and checks whether its journal is missing, broken, or older than its certificates.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="place">The store.</param>
    /// <param name="readsCertificates">Whether certificates that the journal names are compared with it as well.</param>
    /// <param name="known">What was read of it before, and nobody has changed; null when nothing was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It does not exist, or its files cannot be trusted.</exception>
    public static async Task<StoredRequest> ReadAsync(
        IEvidenceFolder folder,
        string place,
        bool readsCertificates,
        StoredRequest? known,
        CancellationToken cancellationToken
    )
    {
        JournalContent? journal = await folder.ReadJournalAsync(known?.Journal, cancellationToken);
        IReadOnlyList<string> files = await folder.ListAsync(cancellationToken);
        if (journal is not { Lines.Length: > 0 })
        {
            throw files.Any(IsLeftOfRequest)
                ? FaultCatalogue.JournalMissing.Exception(folder.RequestId, place)
                : FaultCatalogue.RequestNotFound.Exception(folder.RequestId, place);
        }

        RequestState state =
            known is not null && journal == known.Journal
                ? known.State
                : RequestState.Read(folder.PlaceOf(string.Empty), journal.Lines, folder.RequestId);
        await CertificateHistory.RequireAsync(folder, files, state, journal.Lines, readsCertificates, cancellationToken);
        return new StoredRequest(folder, files, state, journal);
    }

    /// <summary>What is saved when the first line is on record, and not before: a registration that was cut off has none of it.</summary>
    private static bool IsLeftOfRequest(string file) =>
        file == EvidenceFiles.Registration
        || EvidenceFiles.CertificateNumber(file) is not null
        || (
            file.StartsWith(EvidenceFiles.Private, StringComparison.Ordinal)
            && file != EvidenceFiles.Key
            && file != EvidenceFiles.Subjects
            && !file.StartsWith(EvidenceFiles.Text(string.Empty), StringComparison.Ordinal)
            && !file.EndsWith(".partial", StringComparison.Ordinal)
        );
}
