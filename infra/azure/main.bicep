// Everything one deployment of Rapport needs in Azure, in one resource group: az deployment group create --template-file main.bicep.
// No secret is made, stored or passed: the container's managed identity stands in for the app registration (federated credential), and the
// registration's tokens open Graph, Teams and PostgreSQL. docs/operating.md says what is done by hand before and after.
targetScope = 'resourceGroup'

@description('Part of every name. Letters and digits, 3 to 12.')
@minLength(3)
@maxLength(12)
param name string = 'rapport'

@description('Region of everything that has one. Mail headers are stored there.')
param location string = resourceGroup().location

@description('The container image, as pushed to the registry made here. none before there is one: then the service itself is left out.')
param image string = 'none'

@description('Names of charters with commas between, or none. Each is a Key Vault secret charter-<name>, mounted as <name>.yaml.')
param charters string = 'none'

@description('Host by which people and Teams reach the service; none takes the one that Container Apps gives. Another one has to be bound to the app with its certificate.')
param publicHost string = 'none'

@description('Whether database and vault are reached by private endpoints alone.')
param privateNetwork bool = true

@description('Address space of the network, where it is private. The container environment takes the first /24, endpoints the second.')
param addressSpace string = '10.60.0.0/16'

@description('Public IPv4 address of whoever administers database and vault, while he does; none lets nobody in from outside.')
param administratorAddress string = 'none'

@description('Who administers the database server: a group, by object id and name. It makes the role of the service, and is not the service.')
param databaseAdminObjectId string
param databaseAdminName string

@description('Role of the service in PostgreSQL, and its database of the same name; both are made by the administrator.')
param databaseRole string = 'rapport'

@description('Size of the database server.')
param databaseSku object = {
  name: 'Standard_B2s'
  tier: 'Burstable'
}

@description('Days for which the database can be restored to any point in time.')
@minValue(7)
@maxValue(35)
param backupDays int = 14

@description('Instances of the service. Never none: clocks run while nobody asks.')
@minValue(1)
param minReplicas int = 2
@minValue(1)
param maxReplicas int = 4

@description('Id of the app in the catalogue of Teams, where it is another than that of the registration; none takes that one. Links from cards name it.')
param teamsAppId string = 'none'

@description('Whether people who are asked for help are told in their activity feed where no mention reaches them; the permission for it is consented to with the app.')
param activityFeed bool = false

@description('Whether Graph is asked when people are taken (getSchedule), so that times to book a review fit them; no further permission.')
param freeBusy bool = false

@description('Mailboxes to read: contacts, or addresses with commas between.')
param mailboxes string = 'contacts'

@description('A mailbox that Graph has to refuse, which proves that the scope is limited. With none the service does not start; unproven reads without the proof.')
param outOfScopeMailbox string = 'none'

@description('Mailbox that sends the list of people in a crisis; none: nothing is sent. See docs/operating.md.')
param crisisMail string = 'none'

@description('Object ids of Rapport admins with commas between, or none.')
param adminObjectIds string = 'none'

param backfillDays int = 90
param sweepSeconds int = 3600
@description('Days after which addresses and what people wrote are emptied, once what they belong to has ended.')
param retainWordsDays int = 90
@description('Days after which times and outcomes go too.')
param retainTimesDays int = 400

@allowed(['fatal', 'error', 'warn', 'info', 'debug'])
param logLevel string = 'info'

@description('Days for which logs and telemetry are kept.')
param logDays int = 30

@description('Whether User.ReadBasic.All is granted here. Needs a Privileged Role Administrator; otherwise an admin consents to it in Entra ID.')
param grantDirectoryRead bool = false

@description('Price of the bot registration: Teams is free on both.')
@allowed(['F0', 'S1'])
param botSku string = 'F0'

@description('Where the bot is registered: global, or a region that keeps what goes through the Bot Connector in its boundary, such as westeurope.')
param botLocation string = 'global'

// An environment file cannot hold an empty value, so what is left out is called none there.
var fromOutside = administratorAddress == 'none' ? '' : administratorAddress
var suffix = uniqueString(resourceGroup().id, name)

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${name}'
    location: location
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  params: {
    name: name
    location: location
    days: logDays
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: 'vnet-${name}'
    location: location
    addressSpace: addressSpace
  }
}

module registration 'modules/registration.bicep' = {
  name: 'registration'
  params: {
    uniqueName: '${name}-${suffix}'
    identityPrincipalId: identity.outputs.principalId
    grantDirectoryRead: grantDirectoryRead
  }
}

module environment 'modules/environment.bicep' = {
  name: 'environment'
  params: {
    name: 'cae-${name}'
    location: location
    workspaceId: telemetry.outputs.workspaceId
    subnetId: privateNetwork ? network.?outputs.appsSubnetId ?? '' : ''
  }
}

var appName = 'ca-${name}'
var host = publicHost == 'none' ? '${appName}.${environment.outputs.defaultDomain}' : publicHost
var appIdUri = 'api://${host}/${registration.outputs.appId}'

// The address of the API holds the registration's own id, so it is written in a second step.
module api 'modules/api.bicep' = {
  name: 'api'
  params: {
    uniqueName: '${name}-${suffix}'
    appIdUri: appIdUri
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${take('${name}${suffix}', 20)}'
    location: location
    readerPrincipalId: identity.outputs.principalId
    subnetId: privateNetwork ? network.?outputs.endpointsSubnetId ?? '' : ''
    dnsZoneId: privateNetwork ? network.?outputs.vaultZoneId ?? '' : ''
    administratorAddress: fromOutside
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  params: {
    name: 'psql-${name}-${suffix}'
    location: location
    sku: databaseSku
    backupDays: backupDays
    administratorObjectId: databaseAdminObjectId
    administratorName: databaseAdminName
    subnetId: privateNetwork ? network.?outputs.endpointsSubnetId ?? '' : ''
    dnsZoneId: privateNetwork ? network.?outputs.databaseZoneId ?? '' : ''
    administratorAddress: fromOutside
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  params: {
    name: 'cr${name}${suffix}'
    location: location
    pullerPrincipalId: identity.outputs.principalId
  }
}

module bot 'modules/bot.bicep' = {
  name: 'bot'
  params: {
    name: 'bot-${name}-${suffix}'
    location: botLocation
    sku: botSku
    appId: registration.outputs.appId
    endpoint: 'https://${host}/api/messages'
  }
}

module app 'modules/app.bicep' = if (image != 'none') {
  name: 'app'
  params: {
    name: appName
    location: location
    environmentId: environment.outputs.id
    identityId: identity.outputs.id
    image: image
    registryServer: registry.outputs.server
    vaultUri: vault.outputs.uri
    charters: charters == 'none' ? [] : split(charters, ',')
    minReplicas: minReplicas
    maxReplicas: maxReplicas
    publicUrl: 'https://${host}'
    appId: registration.outputs.appId
    appIdUri: appIdUri
    teamsAppId: teamsAppId == 'none' ? registration.outputs.appId : teamsAppId
    activityFeed: activityFeed
    freeBusy: freeBusy
    identityClientId: identity.outputs.clientId
    databaseUrl: 'postgres://${uriComponent(databaseRole)}@${database.outputs.host}:5432/${databaseRole}'
    mailboxes: mailboxes
    outOfScopeMailbox: outOfScopeMailbox == 'none' ? '' : outOfScopeMailbox
    crisisMail: crisisMail == 'none' ? '' : crisisMail
    adminObjectIds: adminObjectIds == 'none' ? '' : adminObjectIds
    backfillDays: backfillDays
    sweepSeconds: sweepSeconds
    retainWordsDays: retainWordsDays
    retainTimesDays: retainTimesDays
    logLevel: logLevel
    telemetryConnectionString: telemetry.outputs.connectionString
  }
}

// Upper case: the Microsoft 365 Agents Toolkit keeps them in its environment file under these names.
output APP_ID string = registration.outputs.appId
output APP_OBJECT_ID string = registration.outputs.servicePrincipalId
output PUBLIC_URL string = 'https://${host}'
output REGISTRY string = registry.outputs.server
output DATABASE_HOST string = database.outputs.host
output VAULT string = vault.outputs.name
