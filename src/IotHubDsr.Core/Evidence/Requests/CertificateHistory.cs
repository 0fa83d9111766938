using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// The certificates in a request's folder against its journal. Each certificate names a line of the journal: a journal without that line
/// was truncated, or replaced by an older one.
/// </summary>
internal static class CertificateHistory
{
    /// <summary>
    /// Certificates that no line of the journal names. A run that died before it put its certificate on record leaves one.
    /// </summary>
    /// <param name="files">The names of the request's files.</param>
    /// <param name="state">What the journal says.</param>
    public static IReadOnlyList<string> Unrecorded(IEnumerable<string> files, RequestState state)
    {
        HashSet<string> recorded = [.. state.Certificates.Select(one => one.Certificate.File)];
        return
        [
            .. files
                .Where(file => EvidenceFiles.CertificateNumber(file) is not null && !recorded.Contains(file))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads the certificates that the journal does not name, or all, and compares them with its lines.</summary>
    /// <exception cref="DsrException">The journal ends before the line that a certificate names, or is another one.</exception>
    public static async Task RequireAsync(
        IEvidenceFolder folder,
        IReadOnlyList<string> files,
        RequestState state,
        byte[] journal,
        bool readsAll,
        CancellationToken cancellationToken
    )
    {
        HashSet<(string File, string Digest)> recorded =
        [
            .. state.Certificates.Select(one => (one.Certificate.File, one.Certificate.Digest)),
        ];
        IReadOnlyList<string> unrecorded = Unrecorded(files, state);
        IReadOnlyCollection<string>? lines = null;
        foreach (string file in readsAll ? files.Where(file => EvidenceFiles.CertificateNumber(file) is not null) : unrecorded)
        {
            if (
                await folder.ReadAsync(file, cancellationToken) is not { } bytes
                || Read(bytes) is not { } certificate
                || certificate.RequestId != folder.RequestId
            )
            {
                continue;
            }

            lines ??= JournalChain.Read([journal]).Keys;
            bool isOther = !unrecorded.Contains(file) && !recorded.Contains((file, Digests.Of(bytes)));
            if (isOther || !lines.Contains(certificate.JournalDigest))
                throw FaultCatalogue.JournalRolledBack.Exception(folder.PlaceOf(string.Empty), state.Head.Lines, folder.PlaceOf(file));
        }
    }

    /// <summary>
    /// The statement of a certificate, regardless of its signer; null if it is not one, and says nothing about the journal.
    /// </summary>
    public static CertificateContent? Read(byte[] file)
    {
        try
        {
            (CertificateContent content, X509Certificate2? signer) = StatementReader.Read(DsseEnvelope.Read(file).Payload);
            signer?.Dispose();
            return content;
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or CryptographicException
                        or OverflowException
            )
        {
            return null;
        }
    }
}
