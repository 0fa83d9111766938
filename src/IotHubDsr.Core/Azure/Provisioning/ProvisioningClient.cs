using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>
/// The service API of one Device Provisioning Service. What the service says is not there is null; every failure is a
/// <see cref="DsrException"/>.
/// </summary>
/// <param name="channel">The way to the service.</param>
/// <param name="scope">Where roles have to be assigned, in words.</param>
internal sealed class ProvisioningClient(ProvisioningChannel channel, string scope)
{
    /// <summary>The service's limit, for everybody who uses it.</summary>
    public const int OperationsPerMinute = 1_000;

    private const int PageSize = 1_000;

    private static readonly byte[] AllEnrollments = """{"query":"SELECT * FROM enrollments"}"""u8.ToArray();
    private static readonly byte[] AllGroups = """{"query":"SELECT * FROM enrollmentGroups"}"""u8.ToArray();

    public string HostName => channel.HostName;

    /// <summary>How long so many calls take at least.</summary>
    public TimeSpan TimeFor(long calls) => channel.TimeFor(calls);

    /// <summary>Every individual enrollment: the service has no look-up by device ID.</summary>
    public async IAsyncEnumerable<Enrollment> ListEnrollmentsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<JsonElement> items = ListAsync(
            "enrollments/query",
            AllEnrollments,
            ProvisioningOperation.ReadEnrollments,
            mayBeMissing: false,
            cancellationToken
        );
        await foreach (JsonElement item in items)
            yield return Enrollment.Read(item) ?? throw Incomplete("enrollments");
    }

    public async IAsyncEnumerable<EnrollmentGroup> ListGroupsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<JsonElement> items = ListAsync(
            "enrollmentGroups/query",
            AllGroups,
            ProvisioningOperation.ReadGroups,
            mayBeMissing: false,
            cancellationToken
        );
        await foreach (JsonElement item in items)
            yield return EnrollmentGroup.Read(item) ?? throw Incomplete("enrollment groups");
    }

    /// <summary>The devices that came by a group; none when the group is gone.</summary>
    public async IAsyncEnumerable<Registration> ListRegistrationsAsync(
        string groupId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        IAsyncEnumerable<JsonElement> items = ListAsync(
            $"registrations/{Uri.EscapeDataString(groupId)}/query",
            body: [],
            ProvisioningOperation.ReadRegistrations,
            mayBeMissing: true,
            cancellationToken
        );
        await foreach (JsonElement item in items)
            yield return Registration.Read(item) ?? throw Incomplete("registrations");
    }

    public async Task<Enrollment?> GetEnrollmentAsync(string registrationId, CancellationToken cancellationToken)
    {
        var request = new ProvisioningRequest(RequestMethod.Get, EnrollmentPath(registrationId), ProvisioningOperation.ReadEnrollments);
        ProvisioningReply reply = await channel.SendAsync(request, cancellationToken);
        if (reply.SaysAbsent)
            return null;
        return
            Enrollment.Read(Success(reply, request.Operation)) is { } enrollment
            && enrollment.RegistrationId.Equals(registrationId, StringComparison.OrdinalIgnoreCase)
            ? enrollment
            : throw Incomplete("the enrollment");
    }

    public async Task<Registration?> GetRegistrationAsync(string registrationId, CancellationToken cancellationToken)
    {
        var request = new ProvisioningRequest(RequestMethod.Get, RegistrationPath(registrationId), ProvisioningOperation.ReadRegistrations);
        ProvisioningReply reply = await channel.SendAsync(request, cancellationToken);
        if (reply.SaysAbsent)
            return null;
        return Registration.Read(Success(reply, request.Operation), registrationId) ?? throw Incomplete("the registration");
    }

    /// <summary>
    /// Disables an enrollment that has not changed; false if it has, or is gone. The service replaces enrollments as a whole: what is sent is
    /// what was read, with its keys, for the service makes new ones where none are given.
    /// </summary>
    public async Task<bool> TryDisableAsync(Enrollment enrollment, CancellationToken cancellationToken)
    {
        JsonElement? attestation = EnrollmentChange.NeedsKeys(enrollment)
            ? await GetAttestationAsync(enrollment.RegistrationId, cancellationToken)
            : null;
        var request = new ProvisioningRequest(
            RequestMethod.Put,
            EnrollmentPath(enrollment.RegistrationId),
            ProvisioningOperation.WriteEnrollment
        )
        {
            Headers = [IfMatch(enrollment.ETag)],
            Body = EnrollmentChange.Disable(enrollment, attestation),
        };
        ProvisioningReply reply = await channel.SendAsync(request, cancellationToken);
        if (reply.Status == 412 || reply.SaysAbsent)
            return false;
        _ = Success(reply, request.Operation);
        return true;
    }

    /// <summary>Deletes an enrollment, and with it its registration, if it still has the given ETag.</summary>
    public Task<DeletionResult> DeleteEnrollmentAsync(
        string registrationId,
        string etag,
        Func<CancellationToken, ValueTask> announce,
        CancellationToken cancellationToken
    ) => DeleteAsync(EnrollmentPath(registrationId), etag, ProvisioningOperation.DeleteEnrollment, announce, cancellationToken);

    /// <summary>Deletes a registration if it still has the given ETag.</summary>
    public Task<DeletionResult> DeleteRegistrationAsync(
        string registrationId,
        string etag,
        Func<CancellationToken, ValueTask> announce,
        CancellationToken cancellationToken
    ) => DeleteAsync(RegistrationPath(registrationId), etag, ProvisioningOperation.DeleteRegistration, announce, cancellationToken);

    private static string EnrollmentPath(string registrationId) => $"enrollments/{Uri.EscapeDataString(registrationId)}";

    private static string RegistrationPath(string registrationId) => $"registrations/{Uri.EscapeDataString(registrationId)}";

    private static (string, string) IfMatch(string etag) => ("If-Match", $"\"{etag}\"");

    private async Task<JsonElement> GetAttestationAsync(string registrationId, CancellationToken cancellationToken)
    {
        var request = new ProvisioningRequest(
            RequestMethod.Post,
            $"{EnrollmentPath(registrationId)}/attestationmechanism",
            ProvisioningOperation.ReadAttestation
        );
        JsonElement attestation = Success(await channel.SendAsync(request, cancellationToken), request.Operation);
        return attestation.Text("type") is { Length: > 0 } ? attestation : throw Incomplete("the attestation of the enrollment");
    }

    private async Task<DeletionResult> DeleteAsync(
        string path,
        string etag,
        ProvisioningOperation operation,
        Func<CancellationToken, ValueTask> announce,
        CancellationToken cancellationToken
    )
    {
        var request = new ProvisioningRequest(RequestMethod.Delete, path, operation) { Headers = [IfMatch(etag)], Announce = announce };
        ProvisioningReply reply = await channel.SendAsync(request, cancellationToken);
        return reply.Status switch
        {
            200 or 204 => DeletionResult.Deleted,
            412 => DeletionResult.PreconditionFailed,
            _ when reply.SaysAbsent => reply.WasRetried ? DeletionResult.Deleted : DeletionResult.Absent,
            _ => throw Failure(reply, operation),
        };
    }

    private async IAsyncEnumerable<JsonElement> ListAsync(
        string path,
        byte[] body,
        ProvisioningOperation operation,
        bool mayBeMissing,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var progress = new PageProgress();
        string? continuation = null;
        do
        {
            (string, string)[] headers = [("x-ms-max-item-count", PageSize.ToString(CultureInfo.InvariantCulture))];
            var request = new ProvisioningRequest(RequestMethod.Post, path, operation)
            {
                Body = body,
                Headers = continuation is null ? headers : [.. headers, ("x-ms-continuation", continuation)],
            };
            ProvisioningReply reply = await channel.SendAsync(request, cancellationToken);
            if (mayBeMissing && reply.SaysAbsent)
                yield break;
            JsonElement page = Success(reply, operation);
            if (page.ValueKind != JsonValueKind.Array)
                throw Incomplete("a page of the query");
            foreach (JsonElement item in page.EnumerateArray())
                yield return item;

            // A page can be empty and not the last; tokens that come again would never end.
            int items = page.GetArrayLength();
            if (!progress.IsMade(reply.Continuation, items, items == 0 ? null : page[0].GetRawText()))
                throw Incomplete("the next page of the query");
            continuation = reply.Continuation;
        } while (continuation is not null);
    }

    private JsonElement Success(ProvisioningReply reply, ProvisioningOperation operation) =>
        reply.Status is 200 or 201 ? reply.Json ?? throw Incomplete("a whole JSON document") : throw Failure(reply, operation);

    private DsrException Failure(ProvisioningReply reply, ProvisioningOperation operation) =>
        new(ProvisioningFaults.For(reply, operation, HostName, scope));

    private DsrException Incomplete(string what) => ProvisioningFaults.Incomplete(what, HostName);
}
