namespace IotHubDsr.Certificates;

/// <summary>
/// The certificates of a request, each of which names the one before it: re-verification adds a statement and never changes one. Of those
/// that are shown together, each that claims to follow another must be of the same request and later, and be the only one to do so.
/// </summary>
internal static class CertificateChain
{
    /// <summary>The checks, with what the other files add to them.</summary>
    public static IReadOnlyList<ErasureCertificateCheck> Link(IReadOnlyList<ErasureCertificateCheck> checks)
    {
        Dictionary<string, ErasureCertificateCheck> byDigest = new(StringComparer.Ordinal);
        foreach (ErasureCertificateCheck check in checks.Where(check => check.IsValid))
            byDigest.TryAdd(check.Digest!, check);
        ILookup<string, ErasureCertificateCheck> followers = byDigest.Values.Where(check => check.Follows is not null).ToLookup(check => check.Follows!);
        ILookup<string, ErasureCertificateCheck> firsts = byDigest.Values.Where(check => check.Follows is null).ToLookup(check => check.RequestId!);
        return [.. checks.Select(check => check switch
        {
            { IsValid: false } => check,
            { Follows: null } => firsts[check.RequestId!].Count() > 1 ? Broken(check, "Two certificates claim to be the first of the request.") : check,
            _ => Link(check, byDigest.GetValueOrDefault(check.Follows), followers[check.Follows].Count()),
        })];
    }

    private static ErasureCertificateCheck Link(ErasureCertificateCheck check, ErasureCertificateCheck? before, int followers) => before switch
    {
        _ when followers > 1 => Broken(check, "Two certificates claim to follow the same one."),
        null => check with { IsPredecessorShown = false },
        _ when before.RequestId != check.RequestId => Broken(check, "The certificate that it follows is of another request."),
        _ when before.IssuedAt > check.IssuedAt => Broken(check, "The certificate that it follows was issued later."),
        _ => check with { IsPredecessorShown = true },
    };

    private static ErasureCertificateCheck Broken(ErasureCertificateCheck check, string reason) => check with { IsValid = false, Reason = reason };
}
