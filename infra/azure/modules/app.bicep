// The service: identical instances behind one address.
param name string
param location string
param environmentId string
param identityId string
param image string
param registryServer string
param vaultUri string
param charters array
param minReplicas int
param maxReplicas int
param publicUrl string
param appId string
param teamsAppId string
param activityFeed bool
param freeBusy bool
param appIdUri string
param identityClientId string
param databaseUrl string
param mailboxes string
param outOfScopeMailbox string
param crisisMail string
param adminObjectIds string
param backfillDays int
param sweepSeconds int
param retainWordsDays int
param retainTimesDays int
param logLevel string
param telemetryConnectionString string

var port = 3978

// Settings of bot/config.ts; tests/infra compares the names.
var settings = [
  { name: 'HOST', value: '0.0.0.0' }
  { name: 'PORT', value: string(port) }
  { name: 'PUBLIC_URL', value: publicUrl }
  { name: 'DATABASE_URL', value: databaseUrl }
  { name: 'DATABASE_AUTH', value: 'entra' }
  { name: 'TENANT_ID', value: tenant().tenantId }
  { name: 'APP_ID', value: appId }
  { name: 'APP_ID_URI', value: appIdUri }
  { name: 'TEAMS_APP_ID', value: teamsAppId }
  { name: 'ACTIVITY_FEED', value: activityFeed ? 'true' : 'false' }
  { name: 'FREE_BUSY', value: freeBusy ? 'true' : 'false' }
  { name: 'CREDENTIAL', value: 'identity' }
  { name: 'IDENTITY_CLIENT_ID', value: identityClientId }
  { name: 'CHARTERS_DIR', value: '/charters' }
  { name: 'MAILBOXES', value: mailboxes }
  { name: 'ADMIN_OBJECT_IDS', value: adminObjectIds }
  { name: 'BACKFILL_DAYS', value: string(backfillDays) }
  { name: 'SWEEP_SECONDS', value: string(sweepSeconds) }
  { name: 'RETAIN_WORDS_DAYS', value: string(retainWordsDays) }
  { name: 'RETAIN_TIMES_DAYS', value: string(retainTimesDays) }
  { name: 'LOG_LEVEL', value: logLevel }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetryConnectionString }
]
// A setting that is there has to hold something.
var whereNamed = concat(
  empty(outOfScopeMailbox) ? [] : [{ name: 'OUT_OF_SCOPE_MAILBOX', value: outOfScopeMailbox }],
  empty(crisisMail) ? [] : [{ name: 'CRISIS_MAIL', value: crisisMail }]
)

var charterSecrets = [
  for charter in charters: {
    name: 'charter-${charter}'
    keyVaultUrl: '${vaultUri}secrets/charter-${charter}'
    identity: identityId
  }
]
var charterFiles = [
  for charter in charters: {
    secretRef: 'charter-${charter}'
    path: '${charter}.yaml'
  }
]

// A volume of secrets that names none would hold them all.
var charterVolume = empty(charters)
  ? { name: 'charters', storageType: 'EmptyDir' }
  : { name: 'charters', storageType: 'Secret', secrets: charterFiles }

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: port
        transport: 'auto'
        allowInsecure: false
      }
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: charterSecrets
    }
    template: {
      // longer than the service takes to end in order
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'rapport'
          image: image
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: concat(settings, whereNamed)
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 5
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 15
              timeoutSeconds: 5
              failureThreshold: 4
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/readyz'
                port: port
              }
              periodSeconds: 15
              timeoutSeconds: 5
              failureThreshold: 4
            }
          ]
          volumeMounts: [
            {
              volumeName: 'charters'
              mountPath: '/charters'
            }
          ]
        }
      ]
      volumes: [charterVolume]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'load'
            custom: {
              type: 'cpu'
              metadata: {
                type: 'Utilization'
                value: '70'
              }
            }
          }
        ]
      }
    }
  }
}
