using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>
/// Deletes enrollments and registrations of devices, or disables the enrollments, in the state in which they are read just before. What has
/// become another device's or another hub's since it was found is left alone.
/// </summary>
internal sealed class EnrollmentErasure(ProvisioningClient client, HubClaims claims, SinkCall call)
{
    private const int MaxAttempts = 3;

    private readonly Permission _enrollments = new();
    private readonly Permission _registrations = new();

    private bool Blocks => call.Options.Erasure.Reprovisioning == Reprovisioning.Block;

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Work(IReadOnlyList<DeviceDataFinding> findings) =>
        PerDevice.Each(call, findings, EraseAsync);

    private async Task<ErasureOutcome> EraseAsync(DeviceDataFinding finding, CancellationToken cancellationToken)
    {
        var device = new DeviceErasure(finding);
        Fault? fault = null;
        foreach (string registrationId in device.RegistrationIds)
        {
            try
            {
                if (device.HasEnrollment(registrationId))
                    await _enrollments.TryAsync(() => EndEnrollmentAsync(device, registrationId, cancellationToken));
                if (device.IsLeft(DeviceEnrollments.PathOfRegistration(registrationId)))
                    await _registrations.TryAsync(() => DeleteRegistrationAsync(device, registrationId, cancellationToken));
            }
            catch (DsrException exception)
            {
                await call.ReportAsync(exception.Fault, cancellationToken);
                fault ??= exception.Fault;
            }
        }

        return new ErasureOutcome(finding.DeviceId, device.Records, device.Changes) { Fault = fault };
    }

    /// <summary>Deletes the enrollment, and with it its registration; or disables it.</summary>
    private async Task EndEnrollmentAsync(DeviceErasure device, string registrationId, CancellationToken cancellationToken)
    {
        string path = DeviceEnrollments.PathOfEnrollment(registrationId);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await client.GetEnrollmentAsync(registrationId, cancellationToken) is not { } enrollment)
                return;
            Registration? registration = await client.GetRegistrationAsync(registrationId, cancellationToken);
            bool isOthers =
                enrollment.DeviceOf(registration) != device.Id
                || (registration?.DeviceId ?? device.Id) != device.Id
                || claims.Of(enrollment, registration) != HubClaim.Ours;
            if (isOthers)
            {
                await LeaveAsync(device, path, cancellationToken);
                return;
            }

            if (enrollment.ETag != device.ETagOf(path))
                await RequireUndoubtedAsync(device.Id, enrollment.ChangedAt, cancellationToken);

            // A device that registered since need not be the one that the enrollment was found for.
            string pathOfRegistration = DeviceEnrollments.PathOfRegistration(registrationId);
            if (registration is not null && registration.ETag != device.ETagOf(pathOfRegistration))
            {
                await RequireUndoubtedAsync(device.Id, registration.ChangedAt, cancellationToken);
                if (!Blocks)
                    RequireAllowed(device, pathOfRegistration);
            }

            bool isDone = Blocks
                ? enrollment.IsDisabled || await TryDisableAsync(device, enrollment, cancellationToken)
                : await TryDeleteAsync(device, enrollment, registration, cancellationToken);
            if (isDone)
                return;
        }

        throw FaultCatalogue.ConcurrentChange.Exception($"{call.Location}, {path}", MaxAttempts);
    }

    /// <summary>True when the enrollment was read again and is disabled.</summary>
    private async Task<bool> TryDisableAsync(DeviceErasure device, Enrollment enrollment, CancellationToken cancellationToken)
    {
        string path = DeviceEnrollments.PathOfEnrollment(enrollment.RegistrationId);
        var what = Announcement.Of(
            $"disables the enrollment '{enrollment.RegistrationId}' if its ETag is still {enrollment.ETag}",
            path,
            device.Id,
            records: 0
        );
        await call.AnnounceAsync(what, cancellationToken);
        if (!await client.TryDisableAsync(enrollment, cancellationToken))
            return false;
        if (await client.GetEnrollmentAsync(enrollment.RegistrationId, cancellationToken) is not { IsDisabled: true })
            return false;
        device.Changes++;
        return true;
    }

    private async Task<bool> TryDeleteAsync(
        DeviceErasure device,
        Enrollment enrollment,
        Registration? registration,
        CancellationToken cancellationToken
    )
    {
        string id = enrollment.RegistrationId;
        string[] paths =
        [
            DeviceEnrollments.PathOfEnrollment(id),
            .. registration is null ? Array.Empty<string>() : [DeviceEnrollments.PathOfRegistration(id)],
        ];
        if (Array.Exists(paths, path => call.Held.Contains(path)))
            return true;
        var what = new Announcement(
            $"deletes the enrollment '{id}', and with it its registration, if its ETag is still {enrollment.ETag}",
            [.. paths.Where(device.IsFound).Select(path => new AnnouncedItem(path, device.Id, 1))]
        );
        DeletionResult result = await client.DeleteEnrollmentAsync(
            id,
            enrollment.ETag,
            token => call.AnnounceAsync(what, token),
            cancellationToken
        );
        if (result == DeletionResult.PreconditionFailed || await client.GetEnrollmentAsync(id, cancellationToken) is not null)
            return false;

        // The service says that a registration goes with its enrollment; what stays is deleted by itself. Nothing is counted before both are
        // read: what was announced and is not counted yet, a later run counts.
        bool isRegistrationGone = registration is not null && await client.GetRegistrationAsync(id, cancellationToken) is null;
        if (result == DeletionResult.Deleted)
            device.CountErased(paths[0]);
        if (isRegistrationGone)
            device.CountErased(DeviceEnrollments.PathOfRegistration(id));
        return true;
    }

    private async Task DeleteRegistrationAsync(DeviceErasure device, string registrationId, CancellationToken cancellationToken)
    {
        string path = DeviceEnrollments.PathOfRegistration(registrationId);
        if (call.Held.Contains(path))
            return;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await client.GetRegistrationAsync(registrationId, cancellationToken) is not { } registration)
                return;
            string etag = registration.ETag ?? throw ProvisioningFaults.Incomplete("the ETag of the registration", client.HostName);
            if (etag != device.ETagOf(path))
            {
                if (
                    (registration.DeviceId ?? registration.RegistrationId) != device.Id
                    || claims.Of(registration, allowed: []) != HubClaim.Ours
                )
                {
                    await LeaveAsync(device, path, cancellationToken);
                    return;
                }

                await RequireUndoubtedAsync(device.Id, registration.ChangedAt, cancellationToken);
            }

            var what = Announcement.Of(
                $"deletes the registration '{registrationId}' if its ETag is still {etag}",
                path,
                device.Id,
                records: 1
            );
            DeletionResult result = await client.DeleteRegistrationAsync(
                registrationId,
                etag,
                token => call.AnnounceAsync(what, token),
                cancellationToken
            );
            if (result == DeletionResult.Deleted)
                device.CountErased(path);
            if (result != DeletionResult.PreconditionFailed)
                return;
        }

        throw FaultCatalogue.ConcurrentChange.Exception($"{call.Location}, {path}", MaxAttempts);
    }

    private ValueTask LeaveAsync(DeviceErasure device, string path, CancellationToken cancellationToken) =>
        call.NoteAsync(
            NoticeLevel.Verbose,
            $"{call.Location}: {path} was left as it is: it is not a record of '{device.Id}' of this hub any more.",
            cancellationToken
        );

    /// <summary>A registration that came since goes with its enrollment, if the plan covers one more record.</summary>
    private void RequireAllowed(DeviceErasure device, string path)
    {
        if (device.IsFound(path))
            return;
        if (call.Allowance?.TryTake(path, device.Id, 1, out long beyond) == false)
            throw FaultCatalogue.PlanExceeded.Exception(call.Location.ToString(), Counted.Of(beyond, "registration"));
        device.AddLate(path);
    }

    /// <summary>What changed since it was found can be that of another device that has taken the ID.</summary>
    private async Task RequireUndoubtedAsync(string deviceId, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        if (await call.DoubtOfAsync(deviceId, cancellationToken) is { } doubt)
            throw new DsrException(doubt);
        if (call.Bounds.GetValueOrDefault(deviceId) is { GenerationId: null } bound && !(changedAt <= bound.Until))
        {
            const string reason = "nobody had the ID when the plan was made, and its enrollment changed since.";
            throw FaultCatalogue.DeviceUncertain.Exception(deviceId, reason);
        }
    }

    /// <summary>What the account is allowed to, as far as it has turned out: what is refused for one device is refused for all.</summary>
    private sealed class Permission
    {
        private volatile Fault? _refusal;

        /// <exception cref="DsrException">It is not allowed, or something failed.</exception>
        public async Task TryAsync(Func<Task> work)
        {
            if (_refusal is { } known)
                throw new DsrException(known);
            try
            {
                await work();
            }
            catch (DsrException refused) when (refused.Fault.Id == FaultCatalogue.PermissionMissing.Id)
            {
                _refusal = refused.Fault;
                throw;
            }
        }
    }

    /// <summary>What is erased of one device, and what was.</summary>
    private sealed class DeviceErasure(DeviceDataFinding finding)
    {
        private const string Enrollments = "enrollments/";

        private readonly Dictionary<string, SeenItem> _items = finding.Items.ToDictionary(
            static item => item.Path,
            StringComparer.OrdinalIgnoreCase
        );

        private readonly HashSet<string> _erased = new(StringComparer.OrdinalIgnoreCase);

        public string Id => finding.DeviceId;

        public int Records => _erased.Count;

        public int Changes { get; set; }

        /// <summary>Enrollments come first: without them nothing new registers.</summary>
        public IEnumerable<string> RegistrationIds =>
            _items
                .Keys.OrderBy(static path => !path.StartsWith(Enrollments, StringComparison.Ordinal))
                .Select(static path => path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..])
                .Distinct(StringComparer.OrdinalIgnoreCase);

        public bool HasEnrollment(string registrationId) => IsFound(DeviceEnrollments.PathOfEnrollment(registrationId));

        public bool IsFound(string path) => _items.ContainsKey(path);

        /// <summary>Adds what came since, and goes with what was found.</summary>
        public void AddLate(string path) => _items[path] = new SeenItem(path, ETag: null, 1, 0);

        public bool IsLeft(string path) => IsFound(path) && !_erased.Contains(path);

        public string? ETagOf(string path) => _items.GetValueOrDefault(path)?.ETag;

        public void CountErased(string path)
        {
            if (IsFound(path) && _erased.Add(path))
                Changes++;
        }
    }
}
