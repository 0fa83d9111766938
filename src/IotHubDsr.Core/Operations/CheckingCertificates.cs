using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Checks certificates each for itself, as a chain, and against the journal of their request; it reads files and nothing else.
/// </summary>
internal sealed class CheckingCertificates(CheckCertificatesOptions options, OperationEvents events, TimeProvider time)
{
    private const long LargestJournal = 1L << 30;
    private const long LargestTimestamp = 1L << 20;
    private const string TimestampExtension = ".tsr";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var checks = new List<ErasureCertificateCheck>();
        var trust = new SignerTrust(options.Trusted, options.TimestampAuthorities, time.GetUtcNow());
        foreach (string path in options.Paths.Distinct(StringComparer.Ordinal))
        {
            try
            {
                byte[] file = await ReadAsync(path, CertificateCheck.LargestFile, cancellationToken);
                string stampPath = path + TimestampExtension;
                byte[] stamp = File.Exists(stampPath) ? await ReadAsync(stampPath, LargestTimestamp, cancellationToken) : [];
                checks.Add(CertificateCheck.Check(path, file, trust, stamp));
            }
            catch (DsrException exception)
            {
                await events.EmitAsync(new FaultEvent(exception.Fault), cancellationToken);
            }
        }

        IReadOnlyList<ErasureCertificateCheck> linked = CertificateChain.Link(checks);
        if (options.JournalPaths.Count > 0)
            linked = await CompareAsync(linked, cancellationToken);
        foreach (ErasureCertificateCheck check in linked)
            await events.OutputAsync(check, cancellationToken);
    }

    private async Task<IReadOnlyList<ErasureCertificateCheck>> CompareAsync(
        IReadOnlyList<ErasureCertificateCheck> checks,
        CancellationToken cancellationToken
    )
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        foreach (string path in options.JournalPaths)
            segments.Add(await ReadAsync(path, LargestJournal, cancellationToken));
        Dictionary<string, JournalTimes> lines;
        try
        {
            lines = JournalChain.Read(segments);
        }
        catch (FormatException exception)
        {
            return [.. checks.Select(check => Compared(check, false, exception.Message))];
        }

        return [.. checks.Select(check => Compare(check, lines))];
    }

    private static ErasureCertificateCheck Compare(ErasureCertificateCheck check, Dictionary<string, JournalTimes> lines)
    {
        if (check.JournalDigest is not { } digest || !lines.TryGetValue(digest, out JournalTimes times))
            return Compared(check, false, "The journal line that the certificate refers to is missing.");
        bool isBefore = times.First < check.ReceivedAt - SignatureTime.Skew,
            isAfter = times.Newest > check.IssuedAt + SignatureTime.Skew;
        return isBefore || isAfter
            ? Compared(
                check,
                false,
                $"The journal has a time ({(isBefore ? times.First : times.Newest):u}) that is "
                    + $"{(isBefore ? "before the request was received" : "after the certificate was issued")}."
            )
            : Compared(check, true, string.Empty);
    }

    private static ErasureCertificateCheck Compared(ErasureCertificateCheck check, bool isInJournal, string reason) =>
        check switch
        {
            { IsValid: false } => check,
            _ when isInJournal => check with { IsInJournal = true },
            _ => check with { IsValid = false, IsInJournal = false, Reason = reason },
        };

    /// <exception cref="DsrException">The file cannot be read.</exception>
    private static async Task<byte[]> ReadAsync(string path, long largest, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: var length } && length > largest
                ? throw FaultCatalogue.FileNotRead.Exception(path, $"It is larger than {ByteSize.Format(largest)}.")
                : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.FileNotRead.For(path, exception.Message), exception);
        }
    }
}
